# SPDX-License-Identifier: Apache-2.0
"""What TRL is asked for, on the CPU and where a GPU's configuration has a will of its own."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from trainer_talk import ASSETS, QUICK

from trainer.practice.rules import load as load_practice
from trainer.recipe import parse_recipe


def settings(tmp_path: Path) -> Any:
    from trainer import grpo

    rules = load_practice(ASSETS / "practice").gate
    work = grpo.Work(tmp_path, tmp_path, parse_recipe(QUICK), [], [], rules)
    return grpo._config(work, SimpleNamespace(on_gpu=False, parameters=1_000), 0)


def test_advantages_are_divided_by_their_groups_spread(tmp_path: Path) -> None:
    assert (settings(tmp_path).loss_type, settings(tmp_path).scale_rewards) == ("dr_grpo", "group")


def test_they_are_so_where_the_configuration_turns_the_spread_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    from trainer import grpo

    class AsUnslothOnAGpu(grpo.GRPOConfig):
        def __post_init__(self) -> None:
            super().__post_init__()
            self.scale_rewards = "none"

    monkeypatch.setattr(grpo, "GRPOConfig", AsUnslothOnAGpu)
    assert settings(tmp_path).scale_rewards == "group"
