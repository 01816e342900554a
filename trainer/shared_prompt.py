# SPDX-License-Identifier: Apache-2.0
"""TRL's GRPO trainer with one change for CPUs: the prompt of a group is computed once for all of its answers.

A group's answers stand behind their prompt in one packed row; each sees the prompt and itself. The gradients are those
of separate rows (a test compares them), at about half the work, and nothing is spent on padding. On a GPU Unsloth does
the like with its own kernels, so this class is not used there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from trl import GRPOTrainer
from trl.trainer.utils import split_tensor_dict

PACKED_ATTENTION = "circlekeeper_packed"
#: Beyond this the logits of a whole group at once would not fit a small machine; TRL's chunked way is used instead.
MAX_VOCABULARY = 40_000


@dataclass(frozen=True)
class Packing:
    """The lengths, in tokens, of a packed row: the prompt, then the answers."""

    prompt: int
    answers: tuple[int, ...]

    def positions(self) -> torch.Tensor:
        """Position of every token in its own sequence, [1, tokens]."""
        parts = [torch.arange(self.prompt)] + [self.prompt + torch.arange(length) for length in self.answers]
        return torch.cat(parts)[None]

    def predicting(self) -> torch.Tensor:
        """For every answer token, the index of the packed token whose output predicts it."""
        parts, start = [], self.prompt
        for length in self.answers:
            parts.append(torch.cat([torch.tensor([self.prompt - 1]), torch.arange(start, start + length - 1)]))
            start += length
        return torch.cat(parts)


def packed_attention(
    module: torch.nn.Module, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor,
    attention_mask: torch.Tensor | None, scaling: float | None = None, *, packing: Packing, **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention of a packed row. Shapes: query [1, heads, tokens, size]; the result is [1, tokens, heads, size]."""
    lengths = [packing.prompt, *packing.answers]
    queries, keys, values = (part.split(lengths, dim=2) for part in (query, key, value))
    options = {"scale": scaling, "enable_gqa": query.shape[1] != key.shape[1]}
    parts = [scaled_dot_product_attention(queries[0], keys[0], values[0], is_causal=True, **options)]
    for q, k, v in zip(queries[1:], keys[1:], values[1:], strict=True):
        seen = torch.ones(q.shape[2], packing.prompt + q.shape[2], dtype=torch.bool).tril(packing.prompt)
        parts.append(scaled_dot_product_attention(
            q, torch.cat([keys[0], k], dim=2), torch.cat([values[0], v], dim=2), attn_mask=seen, **options))
    return torch.cat(parts, dim=2).transpose(1, 2), None


AttentionInterface.register(PACKED_ATTENTION, packed_attention)


def answer_logps(
    base: Any, prompt: torch.Tensor, answers: Sequence[torch.Tensor], temperature: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probability and entropy of every token of `answers` (token ids), one answer after the other, float32."""
    packing = Packing(len(prompt), tuple(len(answer) for answer in answers))
    labels = torch.cat(list(answers))
    with attention_of(base, PACKED_ATTENTION):
        hidden = base.model(
            input_ids=torch.cat([prompt, labels])[None], position_ids=packing.positions(), use_cache=False,
            packing=packing,
        ).last_hidden_state[0]
    logits = base.lm_head(hidden[packing.predicting()]).float() / temperature
    whole = torch.logsumexp(logits, dim=-1)
    with torch.no_grad():
        entropy = whole - (torch.softmax(logits, dim=-1) * logits).sum(-1)
    return logits.gather(-1, labels[:, None])[:, 0] - whole, entropy


@contextmanager
def attention_of(base: Any, name: str) -> Iterator[None]:
    """Use another attention function inside the block."""
    before = base.config._attn_implementation
    base.config._attn_implementation = name
    try:
        yield
    finally:
        base.config._attn_implementation = before


class SharedPromptTrainer(GRPOTrainer):
    """See the module's docstring. Needs one update per rollout, and groups whole within a pass."""

    def _prepare_inputs(self, generation_batch: dict[str, Any]) -> dict[str, Any]:
        """As TRL's, without shuffling: the order within one update changes nothing, and groups stay together."""
        passes = self.args.steps_per_generation
        if self._step % passes == 0 or self._buffered_inputs is None:
            self._buffered_inputs = split_tensor_dict(self._generate_and_score_completions(generation_batch), passes)
        return self._buffered_inputs[self._step % passes]

    def _get_per_token_logps_and_entropies(
        self, model: Any, input_ids: torch.Tensor, attention_mask: torch.Tensor, logits_to_keep: int,
        batch_size: int | None = None, compute_entropy: bool = False, **_: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None, None]:
        base = self.accelerator.unwrap_model(model).get_base_model()
        seen = attention_mask.bool()
        logps = torch.zeros(len(input_ids), logits_to_keep)
        entropies = torch.zeros_like(logps)
        for rows in _groups(input_ids[:, :-logits_to_keep], seen[:, :-logits_to_keep]):
            first = rows[0]
            prompt = input_ids[first, :-logits_to_keep][seen[first, :-logits_to_keep]]
            answers = [input_ids[row, -logits_to_keep:][seen[row, -logits_to_keep:]] for row in rows]
            with self.accelerator.autocast():
                values, entropy = answer_logps(base, prompt, answers, self.temperature)
            where = torch.zeros_like(logps, dtype=torch.bool)
            where[rows] = seen[rows, -logits_to_keep:]
            logps = logps.masked_scatter(where, values)
            entropies = entropies.masked_scatter(where, entropy)
        return logps, entropies if compute_entropy else None, None


def _groups(prompts: torch.Tensor, seen: torch.Tensor) -> list[list[int]]:
    """Neighbouring rows with the same prompt."""
    groups = [[0]]
    for row in range(1, len(prompts)):
        before, mask = row - 1, seen[row]
        if torch.equal(mask, seen[before]) and torch.equal(prompts[row][mask], prompts[before][mask]):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups
