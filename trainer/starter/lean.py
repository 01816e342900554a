# SPDX-License-Identifier: Apache-2.0
"""A lean forward pass over the weights of a `LlamaForCausalLM`, for pre-training on few cores.

Same mathematics as transformers' module (a test compares the logits), without its casts and masks: the whole stream is
in the weights' own type, and the head is applied only where a token counts.
"""

from __future__ import annotations

import torch
from torch.nn import functional
from transformers import LlamaForCausalLM


def answer_logits(model: LlamaForCausalLM, ids: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
    """Logits (kept, vocabulary) for the positions where `keep` (rows, length) is true; `ids` is right-padded."""
    config, body = model.config, model.model
    x = body.embed_tokens(ids)
    cos, sin = _rotary(ids.shape[1], config.head_dim, model.config.rope_parameters["rope_theta"], x.dtype)
    for layer in body.layers:
        x = _layer(x, layer, cos, sin, config.num_attention_heads, config.num_key_value_heads, config.rms_norm_eps)
    x = functional.rms_norm(x[keep], (config.hidden_size,), body.norm.weight, config.rms_norm_eps)
    return functional.linear(x, model.lm_head.weight)


def _layer(
    x: torch.Tensor, layer: torch.nn.Module, cos: torch.Tensor, sin: torch.Tensor, heads: int, kv_heads: int, eps: float
) -> torch.Tensor:
    rows, length, width = x.shape
    attention, mlp = layer.self_attn, layer.mlp
    h = functional.rms_norm(x, (width,), layer.input_layernorm.weight, eps)
    q = _rotate(attention.q_proj(h).view(rows, length, heads, -1).transpose(1, 2), cos, sin)
    k = _rotate(attention.k_proj(h).view(rows, length, kv_heads, -1).transpose(1, 2), cos, sin)
    v = attention.v_proj(h).view(rows, length, kv_heads, -1).transpose(1, 2)
    k, v = (t.repeat_interleave(heads // kv_heads, dim=1) for t in (k, v))
    mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    x = x + attention.o_proj(mixed.transpose(1, 2).reshape(rows, length, width))
    h = functional.rms_norm(x, (width,), layer.post_attention_layernorm.weight, eps)
    return x + mlp.down_proj(functional.silu(mlp.gate_proj(h)) * mlp.up_proj(h))


def _rotary(length: int, size: int, theta: float, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    inverse = theta ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
    angles = torch.outer(torch.arange(length, dtype=torch.float32), inverse).repeat(1, 2)
    return angles.cos().to(dtype), angles.sin().to(dtype)


def _rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-right, left), dim=-1) * sin
