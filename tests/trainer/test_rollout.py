# SPDX-License-Identifier: Apache-2.0
"""The CPU rollout samples from the very model that is trained: its greedy answers are those of `generate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def adapted(tiny_model: Path) -> Any:
    """The tiny model with a LoRA that matters."""
    from trainer.loading import load
    from trainer.recipe import Recipe

    # isort: split
    import torch

    loaded = load(tiny_model, Recipe(max_completion_tokens=32), 5, [[{"role": "user", "content": "hello"}]])
    with torch.no_grad():
        for name, parameter in loaded.trained.items():
            if "lora_B" in name:
                parameter.normal_(std=0.1)
    return loaded


def sample(loaded: Any, prompts: list[list[int]], copies: int, **change: Any) -> list[list[int]]:
    import torch

    from trainer.rollout import sample_groups

    options = {"max_tokens": 24, "temperature": 1.0, "end_ids": [], "generator": torch.Generator().manual_seed(1)}
    return sample_groups(loaded.model, prompts, copies, **(options | change))


def test_greedy_answers_are_those_of_generate_and_the_weights_are_untouched(adapted: Any) -> None:
    import torch

    before = {name: p.detach().clone() for name, p in adapted.model.named_parameters()}
    prompts = [list(range(5, 5 + length)) for length in (40, 17, 29)]
    answers = sample(adapted, prompts, 2, temperature=1e-6)
    adapted.model.eval()
    for row, prompt in enumerate(prompts):
        ids = torch.tensor([prompt])
        expected = adapted.model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=24,
                                          do_sample=False, eos_token_id=[], pad_token_id=0)[0, len(prompt):].tolist()
        assert answers[2 * row] == answers[2 * row + 1] == expected
    assert all(torch.equal(p, before[name]) for name, p in adapted.model.named_parameters())


def test_answers_end_with_the_end_token_and_leave_the_others_alone(adapted: Any) -> None:
    prompts = [list(range(5, 45)), list(range(60, 80))]
    free = sample(adapted, prompts, 8)
    ends = {answer[3] for answer in free}
    stopped = sample(adapted, prompts, 8, end_ids=sorted(ends))
    assert all(not ends & set(answer[:-1]) for answer in stopped)
    assert all(answer[-1] in ends or len(answer) == 24 for answer in stopped)
    assert len({tuple(answer) for answer in free}) > 8  # copies of one prompt differ
    assert free == sample(adapted, prompts, 8)


def test_tokens_are_drawn_as_the_softmax_says(adapted: Any) -> None:
    import torch

    prompt = list(range(5, 20))
    drawn = torch.tensor(sample(adapted, [prompt], 4000, max_tokens=1)).flatten()
    with torch.no_grad():
        logits = adapted.model.get_base_model()(input_ids=torch.tensor([prompt])).logits[0, -1]
    expected = torch.softmax(logits, -1)
    observed = torch.bincount(drawn, minlength=len(expected)) / len(drawn)
    assert float((expected - observed).abs().max()) < 0.02
