# SPDX-License-Identifier: Apache-2.0
"""Samples whole groups of answers at once on a CPU: prompts are read once, the adapter is folded in, rows leave early.

Context: on a CPU the stock generation took most of every training step. It reads each prompt once per answer, runs two
small matrix products per adapted layer for every token, copies the keys and values of all heads at each token, and
keeps finished rows to the end. Choice: TRL's `rollout_func` seam with a decode loop of our own over the very same model
object. A prompt's keys and values stand in memory once for all of its answers, which halves what a token has to read.
Consequence: the sampled distribution is the trained one (folding is undone exactly, from a copy).
Turned down: llama.cpp as the rollout engine (slower here at 32 rows, and a second set of weights to keep in step).
On a GPU this module is not used: Unsloth's own generation is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from transformers import AttentionInterface
from transformers.cache_utils import Cache, DynamicCache, DynamicLayer

from trainer.shared_prompt import attention_of

GROUPED_ATTENTION = "circlekeeper_grouped"
#: Rows are dropped from the batch when this share of them has finished since the last time.
COMPACT_SHARE = 0.125


class GroupedLayer(DynamicLayer):
    """One layer's keys and values: each prompt's once, and a buffer for the answers with room for `room` tokens."""

    def __init__(self, prompts: Sequence[DynamicLayer], copies: int, room: int) -> None:
        super().__init__()
        keys = prompts[0].keys
        self.dtype, self.device, self.is_initialized = keys.dtype, keys.device, True
        self.prompts = [(one.keys[0], one.values[0]) for one in prompts]
        self.counts = [copies] * len(prompts)
        self.length = 0
        shape = (len(prompts) * copies, keys.shape[1], room, keys.shape[3])
        self.keys, self.values = keys.new_empty(shape), keys.new_empty(shape)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any,
    ) -> tuple[GroupedLayer, GroupedLayer]:
        """Append one token per row; the attention is given the layer itself."""
        self.keys[:, :, self.length] = key_states[:, :, 0]
        self.values[:, :, self.length] = value_states[:, :, 0]
        self.length += 1
        return self, self

    def get_seq_length(self) -> int:
        return self.length

    def keep(self, rows: torch.Tensor) -> None:
        """Drop every row that is not in `rows` (a mask); a prompt whose answers are all finished goes too."""
        self.keys, self.values = self.keys[rows], self.values[rows]
        left = [int(part.sum()) for part in rows.split(self.counts)]
        self.prompts = [prompt for prompt, count in zip(self.prompts, left, strict=True) if count]
        self.counts = [count for count in left if count]


def grouped_attention(
    module: torch.nn.Module, query: torch.Tensor, key: GroupedLayer, value: GroupedLayer,
    attention_mask: torch.Tensor | None, scaling: float | None = None, **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention of one new token per row to its prompt and its own answer so far.

    `query` is [rows, heads, 1, size]; the result [rows, 1, heads, size]. Heads that share a key head are queries of it.
    """
    rows, heads, _, size = query.shape
    shared, length = key.keys.shape[1], key.length
    grouped = query.reshape(rows, shared, heads // shared, size) * (scaling or size**-0.5)
    own = torch.matmul(grouped, key.keys[:, :, :length].transpose(-1, -2))
    own_values = key.values[:, :, :length]
    out = torch.empty_like(grouped)
    start = 0
    for (prompt_keys, prompt_values), count in zip(key.prompts, key.counts, strict=True):
        part = slice(start, start + count)
        asked = grouped[part].transpose(0, 1).reshape(shared, -1, size)
        seen = torch.matmul(asked, prompt_keys.transpose(-1, -2)).view(shared, count, -1, prompt_keys.shape[1])
        weights = torch.softmax(torch.cat([seen.transpose(0, 1), own[part]], dim=-1), dim=-1)
        of_prompt, of_own = weights.split([prompt_keys.shape[1], length], dim=-1)
        read = torch.matmul(of_prompt.transpose(0, 1).reshape(shared, -1, prompt_keys.shape[1]), prompt_values)
        out[part] = read.view(shared, count, -1, size).transpose(0, 1) + torch.matmul(of_own, own_values[part])
        start += count
    return out.reshape(rows, 1, heads, size), None


AttentionInterface.register(GROUPED_ATTENTION, grouped_attention)


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
        with torch.inference_mode(), adapter_folded(base):
            batch = _Batch(base, prompts, copies, max_tokens)
            with attention_of(base, GROUPED_ATTENTION):
                return batch.run(temperature, sorted(end_ids), generator)
    finally:
        base.train(was_training)


class _Batch:
    """The rows that are still being written, and their cache."""

    def __init__(self, base: Any, prompts: Sequence[Sequence[int]], copies: int, max_tokens: int) -> None:
        self.base, self.max_tokens = base, max_tokens
        read = [self._read(prompt) for prompt in prompts]
        layers = zip(*(cache.layers for _, cache in read), strict=True)
        self.cache = Cache(layers=[GroupedLayer(layer, copies, max_tokens) for layer in layers])
        self.hidden = torch.cat([hidden for hidden, _ in read]).repeat_interleave(copies, dim=0)
        self.position = torch.tensor([len(prompt) for prompt in prompts]).repeat_interleave(copies)
        self.rows = torch.arange(len(self.position))
        self.answers: list[list[int]] = [[] for _ in range(len(self.rows))]

    def _read(self, prompt: Sequence[int]) -> tuple[torch.Tensor, Cache]:
        """The last hidden state of a prompt, [1, width], and its keys and values."""
        cache = DynamicCache()
        out = self.base.model(input_ids=torch.tensor([list(prompt)]), past_key_values=cache, use_cache=True)
        return out.last_hidden_state[:, -1], cache

    def run(self, temperature: float, end_ids: list[int], generator: torch.Generator) -> list[list[int]]:
        done = torch.zeros(len(self.rows), dtype=torch.bool)
        ends = torch.tensor(end_ids, dtype=torch.long)
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
        """One token per row from the full softmax, by one uniform number per row (noise for every token is dear)."""
        cumulative = torch.softmax(self.base.lm_head(self.hidden).float() / temperature, dim=-1).cumsum(dim=-1)
        aim = torch.rand((len(cumulative), 1), generator=generator) * cumulative[:, -1:]
        return torch.searchsorted(cumulative, aim).squeeze(1).clamp(max=cumulative.shape[1] - 1)

    def _keep(self, tokens: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        for layer in self.cache.layers:
            layer.keep(rows)
        self.position, self.rows = self.position[rows], self.rows[rows]
        return tokens[rows]

    def _advance(self, tokens: torch.Tensor) -> None:
        out = self.base.model(
            input_ids=tokens[:, None], position_ids=self.position[:, None], past_key_values=self.cache, use_cache=True)
        self.hidden = out.last_hidden_state[:, -1]
        self.position = self.position + 1
