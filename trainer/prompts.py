# SPDX-License-Identifier: Apache-2.0
"""What the model is shown for a scenario: training and evaluation choose passages and write prompts here alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.practice.citations import Passage
from trainer.practice.prompt import build_messages
from trainer.practice.retrieval import case_query, retrieve
from trainer.practice.scenario import Scenario


@dataclass(frozen=True)
class Task:
    """A scenario, the passages that its prompt holds, and the prompt as chat messages."""

    scenario: Scenario
    passages: list[Passage]
    messages: list[dict[str, str]]


def prepare(scenarios: Sequence[Scenario], passages: Sequence[Passage], limit: int) -> list[Task]:
    """One task per scenario, each with the `limit` passages that fit it best."""
    tasks = []
    for scenario in scenarios:
        given = retrieve(case_query(scenario.case), passages, limit=limit) if limit else []
        tasks.append(Task(scenario, given, build_messages(scenario.case, given)))
    return tasks
