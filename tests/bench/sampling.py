# SPDX-License-Identifier: Apache-2.0
"""Samples answers as training and comparison do: the real GGUF, no gate, no grammar, temperature 1.

The scenarios are the generator's test split; the passages are the sample school's, retrieved as in use.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from answers import Written
from machine import ROOT

from trainer.evaluate import answer_seed
from trainer.llama import Ask, LlamaModel
from trainer.practice.citations import Passage, split_policy
from trainer.practice.generator import generate, load_banks
from trainer.practice.scenario import Scenario
from trainer.prompts import Task, prepare
from trainer.recipe import Recipe

#: Not the seed of any scenario that a run trains on or is scored on by the program itself.
HELD_OUT_SEED = 9041
PASSAGES_PER_PROMPT = 3
MAX_TOKENS = Recipe.max_completion_tokens
STARTER = ROOT / "assets" / "starter" / "starter.gguf"


@dataclass(frozen=True)
class Speed:
    """How fast a set of answers was written, all of them side by side."""

    tokens: int
    seconds: float


def held_out(count: int, seed: int = HELD_OUT_SEED, split: str = "test") -> list[Scenario]:
    """Generated scenarios of template families that no model has seen (or of another split, to compare)."""
    return generate(load_banks(ROOT / "assets" / "practice" / "scenarios"), count, split, seed)


def school_passages() -> list[Passage]:
    """The sample school's policies, in passages."""
    folder = ROOT / "assets" / "sample-school" / "policies"
    return [p for path in sorted(folder.glob("*.md")) for p in split_policy(path.stem, path.read_text("utf-8"))]


def tasks_for(scenarios: Sequence[Scenario]) -> list[Task]:
    """Each scenario with its prompt and the passages in it."""
    return prepare(scenarios, school_passages(), PASSAGES_PER_PROMPT)


def write_answers(
    model: LlamaModel, tasks: Sequence[Task], samples: int, seed: int, adapter: bytes | None = None,
) -> tuple[list[Written], Speed]:
    """`samples` answers to each task at temperature 1; base and adapter draw the same random numbers."""
    asks = [
        Ask(model.prompt_ids(task.messages), [answer_seed(seed, task.scenario.id, k) for k in range(samples)])
        for task in tasks
    ]
    started = time.monotonic()
    ids = model.sample(asks, adapter=adapter, max_tokens=MAX_TOKENS, temperature=1.0)
    seconds = time.monotonic() - started
    written = [
        Written(task.scenario.id, sample, model.text(answer))
        for task, answers in zip(tasks, ids, strict=True) for sample, answer in enumerate(answers)
    ]
    return written, Speed(sum(len(answer) for answers in ids for answer in answers), seconds)
