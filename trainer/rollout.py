# SPDX-License-Identifier: Apache-2.0
"""Samples whole groups of answers at once on a CPU: prompts are read once, the adapter is folded in, rows leave early.

Context: on a CPU the stock generation took most of every training step. It reads each prompt once per answer, runs
two small matrix products per adapted layer for every token, copies the keys and values of all heads at each token,
and keeps finished rows to the end. Choice: TRL's `rollout_func` seam with a decode loop of our own over the very same
model object. Consequence: the sampled distribution is the trained one (folding is undone exactly, from a copy).
Turned down: llama.cpp as the rollout engine (slower here at 32 rows, and a second set of weights to keep in step).
On a GPU this module is not used: Unsloth's own generation is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from transformers import AttentionInterface
from transformers.cache_utils import Cache, DynamicLayer

GROUPED_ATTENTION = "circlekeeper_grouped"
#: Rows are dropped from the batch when this share of them has finished since the last time.
COMPACT_SHARE = 0.125


def grouped_attention(
    module: torch.nn.Module, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor,
    attention_mask: torch.Tensor | None, scaling: float | None = None, **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention of one new token per row; the heads that share a key head are its queries, so no key is copied.

    Shapes: query [rows, heads, 1, size], key and value [rows, key heads, length, size]; the result is
    [rows, 1, heads, size]. `attention_mask` is additive, [rows, 1, 1, length].
    """
    rows, heads, length, size = query.shape
    if length != 1:
        out = torch.nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask=attention_mask, scale=scaling, enable_gqa=heads != key.shape[1])
        return out.transpose(1, 2).contiguous(), None
    grouped = query.reshape(rows, key.shape[1], heads // key.shape[1], size) * (scaling or size**-0.5)
    weights = torch.matmul(grouped, key.transpose(-1, -2))
    if attention_mask is not None:
        weights = weights + attention_mask
    out = torch.matmul(torch.softmax(weights, dim=-1), value)
    return out.reshape(rows, 1, heads, size), None


AttentionInterface.register(GROUPED_ATTENTION, grouped_attention)


class RoomyLayer(DynamicLayer):
    """Keys and values of one layer in a buffer with room for `room` more tokens, so that a token costs no copy."""

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, copies: int, room: int) -> None:
        super().__init__()
        self.dtype, self.device, self.is_initialized = keys.dtype, keys.device, True
        self.length = keys.shape[2]
        self.keys, self.values = (self._roomy(part, copies, room) for part in (keys, values))

    @staticmethod
    def _roomy(part: torch.Tensor, copies: int, room: int) -> torch.Tensor:
        rows, heads, length, size = part.shape
        buffer = part.new_empty((rows * copies, heads, length + room, size))
        buffer[:, :, :length] = part.repeat_interleave(copies, dim=0)
        return buffer

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        end = self.length + key_states.shape[2]
        self.keys[:, :, self.length:end] = key_states
        self.values[:, :, self.length:end] = value_states
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]

    def get_seq_length(self) -> int:
        return self.length

    def keep(self, rows: torch.Tensor) -> None:
        """Drop every row that is not in `rows`."""
        self.keys, self.values = self.keys[rows], self.values[rows]


@contextmanager
def adapter_folded(model: torch.nn.Module) -> Iterator[None]:
    """Fold the LoRA into the base weights, and put the untouched weights back afterwards (bit for bit)."""
    from peft.tuners.lora import LoraLayer

    layers = [layer for layer in model.modules() if isinstance(layer, LoraLayer)]
    kept = [layer.get_base_layer().weight.detach().clone() for layer in layers]
    try:
        for layer in layers:
            layer.merge()
        yield
    finally:
        for layer, weight in zip(layers, kept, strict=True):
            layer.get_base_layer().weight.data.copy_(weight)
            layer.merged_adapters.clear()


@contextmanager
def _attention(model: Any, name: str) -> Iterator[None]:
    before = model.config._attn_implementation
    model.config._attn_implementation = name
    try:
        yield
    finally:
        model.config._attn_implementation = before


def sample_groups(
    model: Any, prompts: Sequence[Sequence[int]], copies: int, *, max_tokens: int, temperature: float,
    end_ids: Sequence[int], generator: torch.Generator,
) -> list[list[int]]:
    """Sample `copies` answers for each prompt (token ids); results in prompt order, copies of a prompt adjacent.

    `model` is the PEFT model on a CPU. An answer ends with a token of `end_ids`, kept, or at `max_tokens`.
    """
    base = model.get_base_model()
    was_training = base.training
    base.eval()
    try:
        with torch.inference_mode(), adapter_folded(base), _attention(base, GROUPED_ATTENTION):
            return _Batch(base, prompts, copies, max_tokens).run(temperature, frozenset(end_ids), generator)
    finally:
        base.train(was_training)


class _Batch:
    """The rows that are still being written, their cache and their masks."""

    def __init__(self, base: Any, prompts: Sequence[Sequence[int]], copies: int, max_tokens: int) -> None:
        self.base, self.max_tokens = base, max_tokens
        width = max(len(prompt) for prompt in prompts)
        ids = torch.zeros((len(prompts), width), dtype=torch.long)
        seen = torch.zeros((len(prompts), width), dtype=torch.bool)
        for row, prompt in enumerate(prompts):
            ids[row, width - len(prompt):] = torch.tensor(prompt)
            seen[row, width - len(prompt):] = True
        hidden, cache = self._read(ids, seen)
        self.cache = Cache(layers=[RoomyLayer(layer.keys, layer.values, copies, max_tokens) for layer in cache.layers])
        self.hidden = hidden.repeat_interleave(copies, dim=0)
        self.position = seen.sum(1).repeat_interleave(copies)
        self.mask = torch.zeros((len(self.position), 1, 1, width + max_tokens), dtype=hidden.dtype)
        self.mask[:, 0, 0, :width].masked_fill_(~seen.repeat_interleave(copies, dim=0), torch.finfo(hidden.dtype).min)
        self.rows = torch.arange(len(self.position))
        self.answers: list[list[int]] = [[] for _ in range(len(self.rows))]

    def _read(self, ids: torch.Tensor, seen: torch.Tensor) -> tuple[torch.Tensor, Cache]:
        """Read the left-padded prompts; returns the last hidden state of each, and the cache."""
        from transformers.cache_utils import DynamicCache

        width = ids.shape[1]
        allowed = torch.ones((width, width), dtype=torch.bool).tril()[None] & seen[:, None, :]
        allowed |= torch.eye(width, dtype=torch.bool)[None]
        cache = DynamicCache()
        out = self.base.model(
            input_ids=ids, attention_mask=allowed[:, None], position_ids=(seen.cumsum(1) - 1).clamp(min=0),
            past_key_values=cache, use_cache=True)
        return out.last_hidden_state[:, -1], cache

    def run(self, temperature: float, end_ids: frozenset[int], generator: torch.Generator) -> list[list[int]]:
        done = torch.zeros(len(self.rows), dtype=torch.bool)
        ends = torch.tensor(sorted(end_ids))
        for _ in range(self.max_tokens):
            tokens = self._draw(temperature, generator)
            for row, token, finished in zip(self.rows.tolist(), tokens.tolist(), done.tolist(), strict=True):
                if not finished:
                    self.answers[row].append(token)
            done |= torch.isin(tokens, ends)
            if bool(done.all()):
                break
            if done.float().mean() >= COMPACT_SHARE:
                tokens = self._keep(tokens, ~done)
                done = torch.zeros(len(self.rows), dtype=torch.bool)
            self._advance(tokens)
        return self.answers

    def _draw(self, temperature: float, generator: torch.Generator) -> torch.Tensor:
        """One token per row from the full softmax; drawing by an exponential race needs no normalised weights."""
        logits = self.base.lm_head(self.hidden).float() / temperature
        noise = torch.empty_like(logits).exponential_(generator=generator)
        return (logits - noise.log()).argmax(dim=-1)

    def _keep(self, tokens: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        for layer in self.cache.layers:
            layer.keep(rows)
        self.position, self.mask, self.rows = self.position[rows], self.mask[rows], self.rows[rows]
        return tokens[rows]

    def _advance(self, tokens: torch.Tensor) -> None:
        length = self.cache.layers[0].length + 1
        out = self.base.model(
            input_ids=tokens[:, None], attention_mask=self.mask[..., :length], position_ids=self.position[:, None],
            past_key_values=self.cache, use_cache=True)
        self.hidden = out.last_hidden_state[:, -1]
        self.position = self.position + 1
