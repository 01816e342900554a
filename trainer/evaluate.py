# SPDX-License-Identifier: Apache-2.0
"""Answers scenarios with the base and with an adapter through llama.cpp, and scores every answer with the rubric.

What is measured is what will run: the GGUF base and the GGUF adapter, without gate and without grammar, at the
training's temperature. The seed of an answer follows from (seed, scenario's id, number of the answer), so that base and
adapter draw the same random numbers whatever the order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.llama import Ask, KeepGoing, LlamaModel
from trainer.practice import contract
from trainer.practice.citations import Passage
from trainer.practice.gate import check_answer
from trainer.practice.rubric.score import score
from trainer.practice.rules import GateRules
from trainer.practice.scenario import Scenario
from trainer.practice.statistics import Comparison, Judged, compare
from trainer.prompts import prepare
from trainer.recipe import Recipe


@dataclass(frozen=True)
class Exam:
    """What is asked and how: `samples` answers to each scenario; `passages_per_prompt` as in training."""

    scenarios: Sequence[Scenario]
    passages: Sequence[Passage]
    rules: GateRules
    samples: int = 4
    seed: int = 0
    max_tokens: int = Recipe.max_completion_tokens
    temperature: float = 1.0
    passages_per_prompt: int = 3


@dataclass(frozen=True)
class Marked:
    """A judged answer with its text."""

    judged: Judged
    text: str


def judge(scenario: Scenario, passages: Sequence[Passage], rules: GateRules, text: str, sample: int = 0) -> Judged:
    """Score one answer; `passages` are those of its prompt."""
    answer = contract.parse(text)
    scored = score(scenario.case, passages, scenario.gold.level, answer)
    found = {penalty.name for penalty in scored.penalties}
    return Judged(
        scenario_id=scenario.id, sample=sample, total=scored.total, valid=answer.is_valid,
        missed_stop=bool(check_answer(rules, answer, scenario.gold.level)),
        invented_person="invented person" in found, wrong_particular="invented particular" in found,
        words=contract.count_words(answer.body), criteria=dict(scored.criteria),
    )


def sit(
    model: LlamaModel, exam: Exam, *, adapter: bytes | None = None,
    on_marked: Callable[[Marked], None] = lambda _: None, keep_going: KeepGoing = lambda: True,
) -> list[Marked]:
    """Answer and score the exam; incomplete when `keep_going` turned false."""
    tasks = prepare(exam.scenarios, exam.passages, exam.passages_per_prompt)
    asks = [
        Ask(model.prompt_ids(task.messages), [answer_seed(exam.seed, task.scenario.id, k) for k in range(exam.samples)])
        for task in tasks
    ]
    marked: list[Marked] = []

    def take(number: int, copy: int, ids: list[int]) -> None:
        text = model.text(ids)
        marked.append(Marked(judge(tasks[number].scenario, tasks[number].passages, exam.rules, text, copy), text))
        on_marked(marked[-1])

    model.sample(asks, adapter=adapter, max_tokens=exam.max_tokens, temperature=exam.temperature, on_answer=take,
                 keep_going=keep_going)
    return marked


def compare_files(base_gguf: Path, adapter: bytes, exam: Exam) -> Comparison | None:
    """Base against adapter on one exam."""
    with LlamaModel(base_gguf) as model:
        before, after = (sit(model, exam, adapter=one) for one in (None, adapter))
    return compare([m.judged for m in before], [m.judged for m in after], exam.seed)


def answer_seed(seed: int, scenario_id: str, sample: int) -> int:
    """A seed that depends on nothing but its three sources."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{scenario_id}/{sample}".encode()).digest()[:8], "big")
