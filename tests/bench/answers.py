# SPDX-License-Identifier: Apache-2.0
"""Answers as a model wrote them, and both gradings of them.

Texts are kept as JSON lines, grades are not: they are made anew from the texts, so that a mended check is used on old
answers too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean

from particulars import particulars, tally
from second_checks import invented_people, missed_stop, right_form, second_score

from trainer.practice import contract
from trainer.practice.rubric.score import score
from trainer.prompts import Task


@dataclass(frozen=True)
class Written:
    """One answer as the model wrote it."""

    scenario_id: str
    sample: int
    text: str = field(repr=False)


@dataclass(frozen=True)
class Graded:
    """One answer with everything that is counted about it; `second` and `total` are of 100."""

    scenario_id: str
    sample: int
    valid: bool
    total: float
    second: float
    criteria: dict[str, float]
    second_parts: dict[str, float]
    particulars: tuple[int, int]
    invented: int
    right_form: bool
    missed_stop: bool
    words: int


def grade(tasks: Iterable[Task], written: Iterable[Written]) -> list[Graded]:
    """Both gradings of every answer."""
    of = {task.scenario.id: task for task in tasks}
    return [_grade(of[answer.scenario_id], answer) for answer in written]


def _grade(task: Task, written: Written) -> Graded:
    case, gold, text = task.scenario.case, task.scenario.gold, written.text
    answer = contract.parse(text)
    first = score(case, task.passages, gold.level, answer)
    second = second_score(case, task.passages, gold, text)
    return Graded(
        scenario_id=written.scenario_id, sample=written.sample, valid=answer.is_valid,
        total=first.total, second=second.total, criteria=dict(first.criteria),
        second_parts=second.parts, particulars=particulars(case, gold, text), invented=len(invented_people(case, text)),
        right_form=right_form(gold, text), missed_stop=missed_stop(gold, text),
        words=contract.count_words(answer.reasoning) + contract.count_words(answer.body),
    )


def summary(graded: Sequence[Graded], texts: Sequence[str]) -> dict[str, float]:
    """The figures of a set of answers; shares in percent."""
    return {
        "valid": 100 * fmean(one.valid for one in graded),
        "nobody_invented": 100 * fmean(one.invented == 0 for one in graded),
        "invented_per_100": 100 * fmean(one.invented for one in graded),
        "particulars_right": tally(one.particulars for one in graded),
        "particulars_named": fmean(sum(one.particulars) for one in graded),
        "particulars_wrong_per_100": 100 * fmean(one.particulars[1] for one in graded),
        "right_form": 100 * fmean(one.right_form for one in graded),
        "rubric": fmean(one.total for one in graded),
        "second": fmean(one.second for one in graded),
        "distinct_3": distinct_3(texts),
        "words": fmean(one.words for one in graded),
    }


def distinct_3(texts: Sequence[str]) -> float:
    """Different runs of three words among all runs of three words, over all texts together."""
    runs = [tuple(words[i:i + 3]) for words in (text.lower().split() for text in texts) for i in range(len(words) - 2)]
    return len(set(runs)) / len(runs) if runs else 0.0


def save(path: Path, written: Sequence[Written]) -> None:
    """Whole or not at all, so that an interrupted run does not look finished."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text("".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in written), "utf-8")
    unfinished.replace(path)


def load(path: Path) -> list[Written]:
    return [Written(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]
