# SPDX-License-Identifier: Apache-2.0
"""TRL's GRPO trainer with an advantage for every token instead of one per answer (`rewards.credit` says why and which).

TRL's loss takes advantages of shape (answers, tokens) from a subclass; nothing else of it is changed.
"""

from __future__ import annotations

from typing import Any

import torch
from trl import GRPOTrainer

from trainer.rewards.credit import Earned, advantages, part_of_tokens


class PlacedAdvantagesTrainer(GRPOTrainer):
    """`earned` is what the reward function leaves at every step, one for each answer, a prompt's answers together."""

    def __init__(self, *args: Any, earned: list[Earned], **options: Any) -> None:
        super().__init__(*args, **options)
        self._earned = earned
        self._pieces: dict[int, str] = {}

    def _generate_and_score_completions(self, inputs: Any) -> dict[str, Any]:
        batch: dict[str, Any] = super()._generate_and_score_completions(inputs)
        ids, seen = batch["completion_ids"], batch["completion_mask"].bool()
        placed = torch.zeros(ids.shape, dtype=torch.float32, device=ids.device)
        for first in range(0, len(ids), self.num_generations):
            group = self._earned[first : first + self.num_generations]
            for row, values in enumerate(advantages(group), first):
                parts = part_of_tokens([self._piece(token) for token in ids[row][seen[row]].tolist()])
                placed[row, seen[row]] = placed.new_tensor([values[part] for part in parts])
        batch["advantages"] = placed
        return batch

    def _piece(self, token: int) -> str:
        if token not in self._pieces:
            self._pieces[token] = self.processing_class.decode([token])
        return self._pieces[token]
