# SPDX-License-Identifier: Apache-2.0
"""What a run is made of when it is named rather than given: a model, a recipe, generated scenarios."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from desktop.errors import ImportFileError, TrainerError
from desktop.services.models import STARTER
from desktop.services.training import TrainableModel
from trainer.practice.generator import generate, load_banks
from trainer.practice.scenario import Scenario

RECIPES = ("restorative",)


def find_trainable(assets: Path, models: Path, name_or_folder: str | None) -> TrainableModel:
    """The starter (None), a model of the models folder, or any folder with weights and one GGUF file.

    A model of the models folder is a folder NAME with the weights; its GGUF stands inside, or beside as NAME.gguf.
    """
    if name_or_folder is None or name_or_folder == STARTER:
        return _trainable(STARTER, assets / "starter")
    inside = models / name_or_folder
    folder = inside if "/" not in name_or_folder and inside.is_dir() else Path(name_or_folder).expanduser()
    if not folder.is_dir():
        raise ImportFileError("There is no model of that name that can be trained; give a folder with its weights "
                              "(config.json and .safetensors) and its GGUF file.", code="model-unknown")
    return _trainable(folder.name, folder)


def _trainable(name: str, folder: Path) -> TrainableModel:
    ggufs = sorted(folder.glob("*.gguf")) or sorted(folder.parent.glob(f"{folder.name}.gguf"))
    if not (folder / "config.json").is_file() or not list(folder.glob("*.safetensors")):
        raise ImportFileError(f"The weights of the model {name} are not there (config.json and .safetensors), so it "
                              "cannot be trained.", code="model-missing")
    if len(ggufs) != 1:
        raise ImportFileError(f"The model {name} needs exactly one GGUF file beside its weights; it has {len(ggufs)}.",
                              code="model-missing")
    return TrainableModel(name, folder, ggufs[0])


def named_recipe(name: str) -> dict[str, Any]:
    """A recipe of the program, by name."""
    if name in RECIPES:
        return {"name": name}
    if name == "learner":
        raise TrainerError("The learner's recipe is not part of this version; use \"restorative\".",
                           code="recipe-missing")
    raise ImportFileError("There is no recipe of that name; use \"restorative\" or a .toml file.",
                          code="recipe-unknown")


def parse_recipe(text: str) -> dict[str, Any]:
    """A recipe of one's own, in TOML; the trainer checks its keys."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise ImportFileError("The recipe is not valid TOML; check its quotes and brackets.",
                              code="recipe-broken") from None


def generated_scenarios(assets: Path, count: int, split: str, seed: int) -> list[Scenario]:
    """Scenarios written by the program's own generator."""
    return generate(load_banks(assets / "practice" / "scenarios"), count, split, seed)


def sample_policies_folder(assets: Path) -> Path:
    """The policies of the invented sample school."""
    return assets / "sample-school" / "policies"
