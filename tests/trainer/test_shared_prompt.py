# SPDX-License-Identifier: Apache-2.0
"""Computing a group's prompt once gives the log-probabilities and gradients of separate, padded rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def model(tiny_model: Path) -> Any:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(3)
    base = AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32)
    return get_peft_model(base, LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", init_lora_weights=False))


def separate_logps(model: Any, prompt: Any, answers: list[Any], temperature: float) -> tuple[Any, Any]:
    """The plain way: one row per answer through the whole model."""
    import torch

    logps, entropies = [], []
    for answer in answers:
        logits = model(input_ids=torch.cat([prompt, answer])[None]).logits[0, len(prompt) - 1:-1].float() / temperature
        every = torch.log_softmax(logits, -1)
        logps.append(every.gather(-1, answer[:, None])[:, 0])
        entropies.append(-(every.exp() * every).sum(-1))
    return torch.cat(logps), torch.cat(entropies)


def gradients(model: Any, loss: Any) -> dict[str, Any]:
    model.zero_grad()
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def test_one_packed_row_is_worth_separate_rows(model: Any) -> None:
    import torch

    from trainer.shared_prompt import answer_logps

    generator = torch.Generator().manual_seed(1)
    prompt, *answers = (torch.randint(5, 300, (length,), generator=generator) for length in (37, 21, 1, 40))
    packed, packed_entropy = answer_logps(model.get_base_model(), prompt, answers, 0.7)
    apart, apart_entropy = separate_logps(model, prompt, answers, 0.7)
    torch.testing.assert_close(packed, apart, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(packed_entropy, apart_entropy, rtol=1e-4, atol=1e-4)
    weights = torch.randn(len(apart), generator=generator)
    expected = gradients(model, (apart * weights).sum())
    for name, gradient in gradients(model, (packed * weights).sum()).items():
        torch.testing.assert_close(gradient, expected[name], rtol=1e-3, atol=1e-3)


def test_an_answer_sees_neither_its_neighbours_nor_their_length(model: Any) -> None:
    import torch

    from trainer.shared_prompt import answer_logps

    base = model.get_base_model()
    prompt, answer = torch.arange(5, 30), torch.arange(60, 75)
    alone, _ = answer_logps(base, prompt, [answer], 1.0)
    beside, _ = answer_logps(base, prompt, [torch.arange(100, 140), answer, torch.arange(90, 95)], 1.0)
    torch.testing.assert_close(beside[40:55], alone, rtol=1e-4, atol=1e-4)


def test_neighbouring_rows_with_one_prompt_are_one_group() -> None:
    import torch

    from trainer.shared_prompt import _groups

    prompts = torch.tensor([[0, 7, 8], [0, 7, 8], [6, 7, 8], [0, 7, 9]])
    seen = torch.tensor([[0, 1, 1], [0, 1, 1], [1, 1, 1], [0, 1, 1]]).bool()
    assert _groups(prompts, seen) == [[0, 1], [2], [3]]
