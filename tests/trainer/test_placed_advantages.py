# SPDX-License-Identifier: Apache-2.0
"""A real step of the starter: TRL's loss is given an advantage for every token, those of the parts of its answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from trainer_talk import ASSETS, QUICK

from trainer.practice.generator import generate, load_banks
from trainer.practice.rules import load as load_practice
from trainer.protocol import Message, Metric
from trainer.recipe import parse_recipe
from trainer.rewards.credit import Earned, advantages, part_of_tokens


def test_the_parts_of_an_answer_have_advantages_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    from trainer import grpo

    seen: list[tuple[dict[str, Any], list[Earned], Any]] = []
    plain = grpo.CpuTrainer._generate_and_score_completions

    def watched(self: Any, inputs: Any) -> dict[str, Any]:
        batch = plain(self, inputs)
        seen.append((batch, list(self._earned), self.processing_class))
        return batch

    monkeypatch.setattr(grpo.CpuTrainer, "_generate_and_score_completions", watched)
    recipe = parse_recipe(QUICK | {"max_steps": 1, "prompts_per_step": 1, "answers_per_prompt": 8,
                                   "answers_per_pass": 8, "max_completion_tokens": 700})
    events: list[Message] = []
    scenarios = generate(load_banks(ASSETS / "practice" / "scenarios"), 1, "train", 5)
    rules = load_practice(ASSETS / "practice").gate
    grpo.train(grpo.Work(ASSETS / "starter", tmp_path, recipe, scenarios, [], rules), events.append, lambda: None)

    assert [event.step for event in events if isinstance(event, Metric)] == [1]
    (batch, earned, tokenizer), = seen
    placed, mask = batch["advantages"], batch["completion_mask"].bool()
    assert placed.shape == batch["completion_ids"].shape and not placed[~mask].any()
    assert sum(bool(one.shares) for one in earned) >= 2, "the starter wrote too few valid answers"
    assert max(len(set(row[own].tolist())) for row, own in zip(placed, mask, strict=True)) >= 3
    for row, (ids, values) in enumerate(zip(batch["completion_ids"], advantages(earned), strict=True)):
        parts = part_of_tokens([tokenizer.decode([token]) for token in ids[mask[row]].tolist()])
        assert placed[row, mask[row]].tolist() == pytest.approx([values[part] for part in parts], rel=1e-5)
