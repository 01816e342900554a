# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: a run that was stopped and resumed is the run that never stopped; what does not fit is refused."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from trainer_talk import ASSETS, QUICK

from trainer.practice.rules import load as load_practice
from trainer.practice.scenario import Scenario
from trainer.protocol import BlobChunk, Message, Metric
from trainer.recipe import parse_recipe

Run = Callable[..., tuple[list[Message], dict[str, Any]]]


def whole_blob(events: list[Message], name: str) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, BlobChunk) and event.name == name)


@pytest.fixture
def run(tiny_model: Path, tmp_path: Path, scenarios: list[Scenario]) -> Run:
    """Trains in this process; returns the messages and the trained weights. `stop_after` asks to stop after a step."""
    from trainer.grpo import Work, train

    def go(stop_after: int = 0, **change: Any) -> tuple[list[Message], dict[str, Any]]:
        events: list[Message] = []
        work = Work(
            tiny_model, tmp_path, parse_recipe(QUICK | {"max_steps": 4, "checkpoint_every": 99}), scenarios, [],
            load_practice(ASSETS / "practice").gate, "b", seed=3)
        asked = 0

        def stop_requested() -> str | None:
            nonlocal asked
            asked += 1  # once before the first step, then after each
            return "save" if stop_after and asked > stop_after else None

        trained = train(dataclasses.replace(work, **change), events.append, stop_requested)
        return events, {name: p.detach().clone() for name, p in trained.loaded.trained.items()}

    return go


def test_a_resumed_run_ends_where_an_unbroken_one_ends(run: Run) -> None:
    unbroken_events, unbroken = run()
    first_events, first = run(stop_after=2)
    resumed_events, resumed = run(saved=whole_blob(first_events, "checkpoint"))

    assert [m.step for m in first_events if isinstance(m, Metric)] == [1, 2]
    assert [m.step for m in resumed_events if isinstance(m, Metric)] == [3, 4]
    rewards = {m.step: m.reward for m in unbroken_events if isinstance(m, Metric)}
    assert [rewards[m.step] for m in resumed_events if isinstance(m, Metric)] == [
        m.reward for m in resumed_events if isinstance(m, Metric)]
    # Not equal bits: two threads may add in another order, and Adam turns a difference near zero into a step.
    drift = sum(float((resumed[name] - weight).norm()) for name, weight in unbroken.items())
    moved = sum(float((first[name] - weight).norm()) for name, weight in unbroken.items())
    assert moved > 0
    assert drift < 0.5 * moved


def test_a_checkpoint_that_does_not_fit_is_refused(run: Run) -> None:
    from trainer.checkpoint import CheckpointError

    saved = whole_blob(run(stop_after=1)[0], "checkpoint")
    with pytest.raises(CheckpointError, match="another seed"):
        run(saved=saved, seed=4)
    with pytest.raises(CheckpointError, match="another model"):
        run(saved=saved, base_sha256="other")
    with pytest.raises(CheckpointError, match="another adapter size"):
        run(saved=saved, recipe=parse_recipe(QUICK | {"lora_rank": 2}))
    with pytest.raises(CheckpointError, match="damaged"):
        run(saved=saved[: len(saved) // 2])
    with pytest.raises(CheckpointError, match="damaged"):
        run(saved=base64.b64decode("gASVEAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOULg=="))  # a pickle is never unpickled


def test_the_order_of_prompts_uses_every_prompt_equally_often() -> None:
    from trainer.grpo import prompt_order

    order = prompt_order(250, 4, seed=1)
    assert len(order) % 4 == 0
    assert {order.count(index) for index in range(250)} == {len(order) // 250}
    assert order != prompt_order(250, 4, seed=2) and order == prompt_order(250, 4, seed=1)
