# SPDX-License-Identifier: Apache-2.0
"""A lean forward pass over the weights of a `LlamaForCausalLM`, for pre-training on few cores.

Same mathematics as transformers' module (a test compares the logits), without its casts and masks: the whole stream is
in the weights' own type, the head is applied only where a token counts, and what all rows of a batch begin with (the
system message: half of a short row) is computed once for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch.nn import functional
from transformers import LlamaForCausalLM

#: A common beginning shorter than this many tokens is not worth a pass of its own.
LEAST_SHARED = 32


@dataclass(frozen=True)
class _Shape:
    """What a layer needs to know of the model, with the angles of each position."""

    heads: int
    kv_heads: int
    eps: float
    cos: torch.Tensor
    sin: torch.Tensor
    mask: torch.Tensor
    dropout: float


def answer_logits(model: LlamaForCausalLM, ids: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
    """Logits (kept, vocabulary) for the positions where `keep` (rows, length) is true; `ids` is right-padded."""
    return logits_and_states(model, ids, keep, 0)[0]


def logits_and_states(
    model: LlamaForCausalLM,
    ids: torch.Tensor,
    keep: torch.Tensor,
    depth: int,
    dropout: tuple[float, float] = (0.0, 0.0),
) -> tuple[torch.Tensor, torch.Tensor]:
    """The logits of `answer_logits`, and what `depth` layers make of `ids`: (rows, length, width), not normalised.

    `dropout` is the share of numbers left out of what each half of a layer adds, up to `depth` and above it.
    """
    config, body = model.config, model.model
    x = body.embed_tokens(ids)
    angles = _rotary(ids.shape[1], config.head_dim, config.rope_parameters["rope_theta"], x.dtype)
    shared = _shared_length(ids)
    heads, kv_heads = config.num_attention_heads, config.num_key_value_heads
    shape = _Shape(heads, kv_heads, config.rms_norm_eps, *angles, _later(ids.shape[1]), dropout[0])
    first, own = x[:1, :shared], x[:, shared:]
    states = x
    for number, layer in enumerate(body.layers, start=1):
        first, own = _layer(first, own, layer, shape)
        if number == depth:
            states, shape = _joined(first, own), replace(shape, dropout=dropout[1])
    x = _joined(first, own)
    x = functional.rms_norm(x[keep], (config.hidden_size,), body.norm.weight, config.rms_norm_eps)
    return functional.linear(x, model.lm_head.weight), states


def _joined(first: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    """Whole rows again: the shared beginning before each row's own part."""
    return torch.cat((first.expand(len(own), -1, -1), own), dim=1)


def _shared_length(ids: torch.Tensor) -> int:
    """How many tokens all rows begin with; 0 where that is not worth it. At least one token of a row stays its own."""
    differs = (ids != ids[:1]).any(dim=0)
    length = int(differs.int().argmax()) if bool(differs.any()) else 0
    return length if length >= LEAST_SHARED else 0


def _later(length: int) -> torch.Tensor:
    """(length, length), minus infinity where a position would look at a later one; in the type of a matrix product."""
    kind = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else torch.float32
    return torch.full((length, length), float("-inf"), dtype=kind).triu(1)


def _layer(
    first: torch.Tensor, own: torch.Tensor, layer: torch.nn.Module, shape: _Shape
) -> tuple[torch.Tensor, torch.Tensor]:
    """One block over the shared beginning (1, shared, width) and each row's own part (rows, length, width)."""
    shared, rows = first.shape[1], own.shape[0]
    q, k, v = _project(own, layer, shape, shared)
    if shared:
        first_q, first_k, first_v = _project(first, layer, shape, 0)
        beginning = _attend(first_q, first_k, first_v, shape.mask[:shared, :shared])
        k, v = (torch.cat((a.expand(rows, -1, -1, -1), b), dim=2) for a, b in ((first_k, k), (first_v, v)))
        first = _after(first, beginning, layer, shape)
    return first, _after(own, _attend(q, k, v, shape.mask[shared:]), layer, shape)


def _attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Plain attention: with heads this small it is two to three times as fast on a CPU as torch's fused kernel."""
    scale = q.shape[-1] ** -0.5
    scores = torch.baddbmm(mask, (q * scale).flatten(0, 1), k.flatten(0, 1).transpose(-1, -2))
    return torch.bmm(torch.softmax(scores, dim=-1), v.flatten(0, 1)).view(q.shape)


def _project(
    x: torch.Tensor, layer: torch.nn.Module, shape: _Shape, offset: int
) -> tuple[torch.Tensor, ...]:
    """Queries, keys and values (rows, heads, length, head size) for `x`, whose first position is `offset`."""
    rows, length, width = x.shape
    attention = layer.self_attn
    cos, sin = shape.cos[offset : offset + length], shape.sin[offset : offset + length]
    h = functional.rms_norm(x, (width,), layer.input_layernorm.weight, shape.eps)
    q = _rotate(attention.q_proj(h).view(rows, length, shape.heads, -1).transpose(1, 2), cos, sin)
    k = _rotate(attention.k_proj(h).view(rows, length, shape.kv_heads, -1).transpose(1, 2), cos, sin)
    v = attention.v_proj(h).view(rows, length, shape.kv_heads, -1).transpose(1, 2)
    k, v = (t.repeat_interleave(shape.heads // shape.kv_heads, dim=1) for t in (k, v))
    return q, k, v


def _after(x: torch.Tensor, mixed: torch.Tensor, layer: torch.nn.Module, shape: _Shape) -> torch.Tensor:
    """`x` with what attention found and what the feed-forward part makes of it."""
    x = x + functional.dropout(layer.self_attn.o_proj(mixed.transpose(1, 2).reshape(x.shape)), shape.dropout)
    h = functional.rms_norm(x, (x.shape[-1],), layer.post_attention_layernorm.weight, shape.eps)
    mlp = layer.mlp
    return x + functional.dropout(mlp.down_proj(functional.silu(mlp.gate_proj(h)) * mlp.up_proj(h)), shape.dropout)


def _rotary(length: int, size: int, theta: float, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    inverse = theta ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
    angles = torch.outer(torch.arange(length, dtype=torch.float32), inverse).repeat(1, 2)
    return angles.cos().to(dtype), angles.sin().to(dtype)


def _rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-right, left), dim=-1) * sin
