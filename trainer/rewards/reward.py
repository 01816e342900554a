# SPDX-License-Identifier: Apache-2.0
"""The reward of one completion.

The order is the point, so that no escape pays: breaking the safety gate costs more than anything else, an answer
outside the contract less, and every valid answer beats both. Below zero the values are still graded, so that a group
of failed answers tells which of them came closer.

    gate broken            -1
    contract broken        -0.6 and up to +0.25 for tags and headings that are there
    else                   rubric total / 100, less what a body beyond 330 words costs; never below -0.5
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.practice import contract
from trainer.practice.citations import Passage
from trainer.practice.gate import check_answer
from trainer.practice.rubric.score import score
from trainer.practice.rules import GateRules
from trainer.practice.scenario import Scenario

GATE_BROKEN = -1.0
CONTRACT_BROKEN = -0.6
LOWEST_VALID = -0.5
TAGS_CREDIT, HEADINGS_CREDIT = 0.10, 0.15
FREE_BODY_WORDS, COST_PER_WORD, HIGHEST_LENGTH_COST = 330, 0.001, 0.1


@dataclass(frozen=True)
class RewardParts:
    """`total` is -1..1. `parts`: "tags", "headings", "contract" and "rubric" 0..1, "gate" 0 or -1, "length" -0.1..0,
    and the criteria "C1".."C12" 0..4 that the form due is scored on."""

    total: float
    parts: dict[str, float]


def reward(scenario: Scenario, passages: Sequence[Passage], completion_text: str, rules: GateRules) -> RewardParts:
    """The reward of `completion_text` as the answer to `scenario`, given the `passages` that its prompt held."""
    answer = contract.parse(completion_text)
    scored = score(scenario.case, passages, scenario.gold.level, answer)
    broken = bool(check_answer(rules, answer, scenario.gold.level))
    parts = {
        "tags": tags(completion_text),
        "headings": headings(answer, scenario.gold.form),
        "contract": float(answer.is_valid),
        "gate": GATE_BROKEN if broken else 0.0,
        "length": length_cost(answer),
        "rubric": scored.total / 100,
        **scored.criteria,
    }
    return RewardParts(_total(parts, broken, answer.is_valid), parts)


def tags(completion_text: str) -> float:
    """Use of the reasoning tags: 1 for one block at the start with words in it, half of it for a block elsewhere."""
    opened = completion_text.count(contract.REASONING_OPEN)
    closed = completion_text.count(contract.REASONING_CLOSE)
    start, end = (completion_text.find(tag) for tag in (contract.REASONING_OPEN, contract.REASONING_CLOSE))
    if opened != 1 or closed != 1 or end < start:
        return 0.0
    if not contract.count_words(completion_text[start + len(contract.REASONING_OPEN) : end]):
        return 0.0
    return 0.5 if completion_text[:start].strip() else 1.0


def headings(answer: contract.Answer, form_due: str) -> float:
    """Share of the headings of the form due that stand in the answer with a text under them."""
    wanted = contract.HANDOFF_HEADINGS if form_due == "handoff" else contract.FULL_HEADINGS
    return sum(bool(answer.sections.get(heading)) for heading in wanted) / len(wanted)


def length_cost(answer: contract.Answer) -> float:
    """What the words of the body beyond the free ones cost (0 or negative)."""
    beyond = contract.count_words(answer.body) - FREE_BODY_WORDS
    return -min(HIGHEST_LENGTH_COST, max(0, beyond) * COST_PER_WORD)


def _total(parts: dict[str, float], gate_broken: bool, valid: bool) -> float:
    if gate_broken:
        return GATE_BROKEN
    if not valid:
        return CONTRACT_BROKEN + TAGS_CREDIT * parts["tags"] + HEADINGS_CREDIT * parts["headings"]
    return max(LOWEST_VALID, parts["rubric"] + parts["length"])
