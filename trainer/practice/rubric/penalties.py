# SPDX-License-Identifier: Apache-2.0
"""Deductions: what no number of passed items may buy back."""

from __future__ import annotations

import re

from trainer.practice.rubric import cues
from trainer.practice.rubric.facts import KNOWN, wrong_particulars
from trainer.practice.rubric.handoff import SEEN
from trainer.practice.rubric.lexicon import ANY_CASE, DIAGNOSIS, LABEL, NEGATION
from trainer.practice.rubric.reading import Reading
from trainer.practice.rubric.result import Penalty
from trainer.practice.rubric.scope import invented_policies
from trainer.practice.rubric.wording import (
    copied_share,
    fact_stems,
    prose_fault,
    repetition,
    sentences,
    without_quotations,
)

_EACH_AT_MOST = 3
_LEAST_IN_COMMON, _ENOUGH_STEMS = 0.15, 5
_MAX_ECHO = 0.45
_APOLOGY = re.compile(r"\b(?:apolog\w+|sorry)\b", ANY_CASE)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? [A-Z][a-z]+")
_CAPITALISED = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b(?! (?:[A-Z]\b|IX))")
_NOT_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july"
    " august september"
    " october november december english spanish student staff title grade policy room report iep".split()
)


def all_penalties(r: Reading) -> tuple[Penalty, ...]:
    """Every deduction that the answer has earned."""
    found = [
        *_each("invented policy", 0.1, invented_policies(r)),
        *_each("invented person", 0.1, sorted(r.strangers) + invented_names(r)),
        *_each("invented particular", 0.1, wrong_particulars(r)),
        *_each("name from the report", 0.05, revealed_names(r)),
        *_each("label word", 0.05, _outside_report(r, LABEL)),
        *_each("diagnosis", 0.1, _outside_report(r, DIAGNOSIS)),
    ]
    if r.forced:
        kind = "coerced apology" if _APOLOGY.search(r.forced) else "coerced attendance"
        found.append(Penalty(kind, 0.2, r.forced))
    if stems_in_common(r) < _LEAST_IN_COMMON:
        found.append(Penalty("not about this report", 0.3, ""))
    if r.answer.form == "handoff" and r.level in ("CLEAR", "CAUTION"):
        found.append(Penalty("over-escalation", 0.15, ""))
    found += _of_wording(r)
    return tuple(found)


def _of_wording(r: Reading) -> list[Penalty]:
    """Loops, an echo of the report, and what is not prose: so that neither padding nor keywords pay."""
    found = []
    repeated = repetition(sentences(r.body)) or repetition(sentences(r.reasoning))
    if repeated:
        found.append(Penalty("repetition", 0.1, repeated))
    if copied_share(r.own_body, r.report) > _MAX_ECHO:
        found.append(Penalty("echo of the report", 0.2, ""))
    fault = prose_fault(without_quotations(r.body)) or prose_fault(r.reasoning)
    if fault:
        found.append(Penalty("not prose", 0.4, fault))
    return found


def stems_in_common(r: Reading) -> float:
    """Share of the particular words of what is called known that the report holds (1 when they are too few)."""
    stated = [s for s in r.sentences(KNOWN if r.answer.form == "full" else SEEN) if not cues.UNKNOWN.search(s)]
    stems = fact_stems(without_quotations(" ".join(stated)))
    return len(stems & r.facts) / len(stems) if len(stems) >= _ENOUGH_STEMS else 1.0


def revealed_names(r: Reading) -> list[str]:
    """People's names that stand in the report outside the role words and come back in the answer."""
    own = {word for party in r.case.parties for word in party.name.split()}
    return [
        name
        for name in _names(r)
        if name.lower() in r.report_lower and name not in own and name.lower() not in (r.case.location or "").lower()
    ]


def invented_names(r: Reading) -> list[str]:
    """People's names that stand neither in the report nor in the given passages."""
    given = r.report_lower + " " + " ".join(p.heading + " " + p.text for p in r.passages).lower()
    return [name for name in _names(r) if name.lower() not in given]


def _names(r: Reading) -> list[str]:
    text = r.own_body + "\n" + r.reasoning
    found = [m.group(0).split()[-1] for m in _TITLED.finditer(text)]
    found += [m.group(0) for m in _CAPITALISED.finditer(text)]
    return list(dict.fromkeys(name for name in found if name.lower() not in _NOT_NAMES))


def _outside_report(r: Reading, pattern: re.Pattern[str]) -> list[str]:
    """Forbidden words of the answer's own text that the report does not use and no negation bars."""
    found = []
    for sentence in [*r.own_sentences, *sentences(without_quotations(r.reasoning))]:
        for match in pattern.finditer(sentence):
            barred = NEGATION.search(sentence[: match.start()]) and pattern is DIAGNOSIS
            if match.group(0).lower() not in r.report_lower and not barred:
                found.append(match.group(0))
    return found


def _each(name: str, share: float, words: list[str]) -> list[Penalty]:
    return [Penalty(name, share, word) for word in list(dict.fromkeys(words))[:_EACH_AT_MOST]]
