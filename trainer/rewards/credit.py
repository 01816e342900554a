# SPDX-License-Identifier: Apache-2.0
"""Which words of an answer a reward is for: advantages for the parts of an answer instead of one for all its words.

Context: GRPO gives every word of an answer the same advantage, that of the whole. What a repair plan was worth drowns
in what happened in the eight other parts, and 75 steps on a small model taught hardly anything.
Choice: a criterion of the rubric, or a deduction that belongs to one place, counts for the parts that it reads; what
else there is (gate, contract, form, length, other deductions) counts for every word. Over all kinds together, an answer
still has the advantage that GRPO gives it. TRL takes advantages of shape (answers, tokens) from a subclass.
Consequence: what one part does to another is credited only where a criterion reads both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev

from trainer.practice import contract

REASONING, ELSEWHERE = "reasoning", ""
#: TRL adds this to a group's spread as well.
SMALLEST_SPREAD = 1e-4
_SAFETY, _KNOWN, _PEOPLE, _RESPONSE, _PREPARE, _REPAIR, _SUPPORT, _POLICY = contract.FULL_HEADINGS
_SEEN, _NOW, _NOT, _WHO, _MEANWHILE, _LATER = contract.HANDOFF_HEADINGS
#: The parts that each kind of share is for, per form that is due.
PARTS_OF: dict[str, dict[str, tuple[str, ...]]] = {
    "full": {
        "C1": (_SAFETY,),
        "C2": (_KNOWN, _SAFETY),
        "C3": (_PEOPLE,),
        "C4": (_RESPONSE, REASONING),
        "C5": (_PREPARE, _RESPONSE),
        "C6": (_PREPARE,),
        "C7": (_REPAIR,),
        "C8": (_SUPPORT,),
        "C9": (_PREPARE, _SUPPORT, _RESPONSE),
        "C10": (_SUPPORT,),
        "C11": (_POLICY, _SUPPORT),
        "C12": (REASONING, _RESPONSE),
        "invented policy": (_POLICY, REASONING),
        "invented particular": (_KNOWN, _SAFETY, REASONING),
    },
    "handoff": {
        "C1": (_SEEN, _NOW, _NOT, _WHO, REASONING),
        "C2": (_SEEN, _NOT),
        "C3": (_MEANWHILE, _NOW),
        "C5": (_MEANWHILE, _NOW, _NOT, _LATER),
        "C11": (_WHO, _MEANWHILE),
        "C12": (REASONING,),
        "invented particular": (_SEEN, REASONING),
    },
}
_HEADING = re.compile(r"^## (.+?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Earned:
    """What an answer earned. `shares` are the parts of `total` that belong to a place, by their kind; they are empty
    for an answer that breaks the gate or the contract or has the wrong form: then every word is at fault."""

    total: float
    form_due: str
    shares: Mapping[str, float] = field(default_factory=dict)


def advantages(group: Sequence[Earned]) -> list[dict[str, float]]:
    """The advantages of a group's answers: for each, a value per part (REASONING or a heading), ELSEWHERE for others.

    The group's answers were given to one prompt. Values are divided by the spread of the totals, as in GRPO.
    """
    totals = [one.total for one in group]
    spread = (stdev(totals) if len(totals) > 1 else 0.0) + SMALLEST_SPREAD
    placed = [one for one in group if one.shares]
    usual = {kind: fmean(one.shares[kind] for one in placed) for kind in (placed[0].shares if placed else ())}
    found = []
    for one in group:
        # An answer without shares counts as the usual one in each of them, and makes its difference everywhere.
        own = {kind: one.shares.get(kind, mean) - mean for kind, mean in usual.items()}
        everywhere = one.total - fmean(totals) - sum(own.values())
        values = {ELSEWHERE: everywhere / spread}
        for part in (REASONING, *contract.ALL_HEADINGS):
            local = sum(value for kind, value in own.items() if part in PARTS_OF[one.form_due].get(kind, ()))
            values[part] = (everywhere + local) / spread
        found.append(values)
    return found


def part_of_tokens(pieces: Sequence[str]) -> list[str]:
    """The part that each token of an answer lies in; `pieces` are the tokens' texts. A heading belongs to its part."""
    text = "".join(pieces)
    starts = [(0, REASONING)]
    starts += [(match.start(), match[1]) for match in _HEADING.finditer(text) if match[1] in contract.ALL_HEADINGS]
    parts, position, current = [], 0, 0
    for piece in pieces:
        while current + 1 < len(starts) and starts[current + 1][0] <= position:
            current += 1
        parts.append(starts[current][1])
        position += len(piece)
    return parts
