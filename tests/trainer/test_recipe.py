# SPDX-License-Identifier: Apache-2.0
"""Recipes: defaults, files, and one sentence for what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trainer.recipe import LARGE_MODEL_RATE, SMALL_MODEL_RATE, RecipeError, load_recipe, parse_recipe


def test_the_defaults_are_the_starters() -> None:
    recipe = parse_recipe({"name": "restorative"})
    assert (recipe.lora_rank, recipe.lora_alpha, recipe.answers_per_step, recipe.beta) == (16, 32, 32, 0.01)
    assert recipe.rate_for(5_000_000) == SMALL_MODEL_RATE and recipe.rate_for(4_000_000_000) == LARGE_MODEL_RATE
    assert parse_recipe({"learning_rate": 3e-4}).rate_for(5_000_000) == 3e-4


@pytest.mark.parametrize("wrong", [
    {"lora_rank": 0}, {"lora_rank": 2.5}, {"lora_rank": True}, {"learning_rate": "fast"},
    {"learning_rate": float("nan")}, {"schedule": "linear"}, {"name": "learner"}, {"temprature": 1.0},
    {"prompts_per_step": 3, "answers_per_pass": 7},
    {"minutes": 0, "max_steps": 0}, {"minutes": -1}, {"max_completion_tokens": 10**9},
])
def test_what_is_wrong_is_told_in_one_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(wrong)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_a_file_is_read_and_a_broken_one_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text("beta = 0.02\nmax_steps = 5\n", encoding="utf-8")
    bad.write_text("beta = = 2", encoding="utf-8")
    assert load_recipe(good).beta == 0.02
    with pytest.raises(RecipeError, match="TOML"):
        load_recipe(bad)
    with pytest.raises(RecipeError, match="cannot be read"):
        load_recipe(tmp_path / "none.toml")
