# SPDX-License-Identifier: Apache-2.0
"""The rubric's score of one answer: items per criterion, weights of the form that is due, deductions.

A criterion is 4 times the share of its items that passed, and 0 when a decisive one failed. The form that is *due*
decides which items are asked: a hand-off where a full answer was due is scored on the full form's items and loses
most of them, and so the other way round; no form is an escape from the other's work.
"""

from __future__ import annotations

from collections.abc import Sequence

from trainer.practice.case import Case
from trainer.practice.citations import Passage
from trainer.practice.contract import Answer
from trainer.practice.rubric import closing, facts, handoff, process, scope
from trainer.practice.rubric.penalties import all_penalties
from trainer.practice.rubric.reading import Reading
from trainer.practice.rubric.result import Item, RubricScore, Rule

WEIGHTS = {
    "full": {
        "C1": 0.15,
        "C2": 0.08,
        "C3": 0.10,
        "C4": 0.10,
        "C5": 0.10,
        "C6": 0.06,
        "C7": 0.10,
        "C8": 0.07,
        "C9": 0.07,
        "C10": 0.06,
        "C11": 0.07,
        "C12": 0.04,
    },
    "handoff": {"C1": 0.40, "C2": 0.15, "C3": 0.15, "C5": 0.10, "C11": 0.15, "C12": 0.05},
}
RULES: dict[str, tuple[Rule, ...]] = {
    "full": (*facts.RULES, *process.RULES, *closing.RULES, *scope.RULES),
    "handoff": handoff.RULES,
}
_EVIDENCE_CHARS = 160


def score(case: Case, passages: Sequence[Passage], gold_level: str | None, answer: Answer) -> RubricScore:
    """Score `answer` to `case` (people as role words); `gold_level` None takes the answer's own form as the one due.

    An invalid answer has the total 0; its criteria and items are still judged, so that they can be shown.
    """
    reading = Reading(case, passages, gold_level, answer)
    rules = [rule for rule in RULES[reading.form_due] if rule.applies is None or rule.applies(reading)]
    items = tuple(_judge(rule, reading) for rule in rules)
    criteria = {name: _criterion(name, rules, items) for name in WEIGHTS[reading.form_due]}
    penalties = all_penalties(reading)
    earned = sum(weight * criteria[name] / 4 for name, weight in WEIGHTS[reading.form_due].items())
    total = 100 * max(0.0, earned - sum(p.share for p in penalties)) if answer.is_valid else 0.0
    return RubricScore(criteria, items, round(total, 4), penalties)


def _judge(rule: Rule, reading: Reading) -> Item:
    passed, evidence = rule.check(reading)
    return Item(rule.criterion, rule.name, passed, " ".join(evidence.split())[:_EVIDENCE_CHARS])


def _criterion(name: str, rules: Sequence[Rule], items: Sequence[Item]) -> float:
    own = [(rule, item) for rule, item in zip(rules, items, strict=True) if rule.criterion == name]
    if any(rule.decisive and not item.passed for rule, item in own):
        return 0.0
    return 4 * sum(item.passed for _, item in own) / len(own)
