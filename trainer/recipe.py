# SPDX-License-Identifier: Apache-2.0
"""All hyper-parameters of a training run in one place, checked once. Standard library only.

The defaults are those of the starter on a CPU. Context: TRL's own default learning rate is meant for full fine-tuning
of large models and LoRA guides say 1e-5 to 5e-5; on a model of five million parameters both do nothing in half an hour
(a prototype: 3e-4 gained 3 points, 1.5e-3 gained 27; here 3e-3 was no faster). Choice: the rate follows the model's
size unless a recipe names one. `dr_grpo` for its constant divisor: a word weighs the same in a short answer and a long
one. Unlike it, advantages are divided by their group's spread, because one broken answer (-1) would otherwise outweigh
what the other seven differ by in content (0.1); where a judge adds noise this is to be looked at again. A small `beta`,
because a rubric can be gamed and the distance to the base model is the cheapest brake.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

SMALL_MODEL_PARAMETERS = 50_000_000
SMALL_MODEL_RATE, LARGE_MODEL_RATE = 1.5e-3, 2e-5
SCHEDULES = ("constant", "cosine")
PRECISIONS = ("auto", "float32", "bfloat16")
MAX_RECIPE_BYTES = 64 * 1024


class RecipeError(ValueError):
    """The recipe is not usable; the message is one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Recipe:
    """One run. A step samples `prompts_per_step` x `answers_per_prompt` answers and makes one update from them.

    `learning_rate` None follows the model's size. `schedule` "cosine" falls to a tenth over the run. `answers_per_pass`
    is how many answers go through the model at once while training (memory, not results). `max_steps` 0 leaves the end
    to `minutes`, which count the training alone; `checkpoint_every` counts steps.
    """

    name: str = "restorative"
    lora_rank: int = 16
    lora_alpha: int = 32
    learning_rate: float | None = None
    schedule: str = "constant"
    prompts_per_step: int = 4
    answers_per_prompt: int = 8
    answers_per_pass: int = 8
    temperature: float = 1.0
    max_completion_tokens: int = 768
    passages_per_prompt: int = 3
    beta: float = 0.01
    epsilon: float = 0.2
    epsilon_high: float = 0.28
    max_grad_norm: float = 0.5
    weight_decay: float = 0.0
    precision: str = "auto"
    minutes: float = 30.0
    max_steps: int = 0
    checkpoint_every: int = 10

    @property
    def answers_per_step(self) -> int:
        return self.prompts_per_step * self.answers_per_prompt

    def rate_for(self, parameters: int) -> float:
        """The learning rate for a model of that many parameters."""
        if self.learning_rate is not None:
            return self.learning_rate
        return SMALL_MODEL_RATE if parameters < SMALL_MODEL_PARAMETERS else LARGE_MODEL_RATE


#: Lowest and highest value that is let through, per number.
LIMITS: dict[str, tuple[float, float]] = {
    "lora_rank": (1, 256), "lora_alpha": (1, 1024), "learning_rate": (1e-7, 0.1), "prompts_per_step": (1, 256),
    "answers_per_prompt": (2, 64), "answers_per_pass": (1, 1024), "temperature": (0.1, 2.0),
    "max_completion_tokens": (8, 8192), "passages_per_prompt": (0, 10), "beta": (0.0, 1.0), "epsilon": (0.01, 1.0),
    "epsilon_high": (0.01, 5.0), "max_grad_norm": (0.01, 100.0), "weight_decay": (0.0, 1.0), "minutes": (0.0, 10_080.0),
    "max_steps": (0, 1_000_000), "checkpoint_every": (1, 100_000),
}
CHOICES = {"name": ("restorative",), "schedule": SCHEDULES, "precision": PRECISIONS}
_WHOLE = frozenset(item.name for item in fields(Recipe) if item.type == "int")


def load_recipe(path: Path) -> Recipe:
    """Read a recipe file (TOML)."""
    try:
        if path.stat().st_size > MAX_RECIPE_BYTES:
            raise RecipeError(f"The recipe {path.name} is larger than 64 KiB; name a recipe file.")
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise RecipeError(f"The recipe {path.name} cannot be read; check its name and its rights.") from None
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"The recipe {path.name} is not valid TOML ({error}); correct that place.") from None
    return parse_recipe(values)


def parse_recipe(values: Mapping[str, Any]) -> Recipe:
    """Check untrusted values and return the recipe; what is not named keeps its default."""
    known = {item.name for item in fields(Recipe)}
    for name in values:
        if name not in known:
            raise RecipeError(f"A recipe has no \"{str(name)[:40]}\"; take it out or correct its spelling.")
    recipe = Recipe(**{name: _checked(name, value) for name, value in values.items()})
    if recipe.answers_per_step % recipe.answers_per_pass:
        raise RecipeError("\"answers_per_pass\" must divide \"prompts_per_step\" times \"answers_per_prompt\".")
    if not recipe.minutes and not recipe.max_steps:
        raise RecipeError("A recipe needs an end: set \"minutes\" or \"max_steps\" above 0.")
    return recipe


def _checked(name: str, value: Any) -> Any:
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise RecipeError(f"\"{name}\" must be one of {', '.join(CHOICES[name])}.")
        return value
    low, high = LIMITS[name]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not low <= value <= high or (name in _WHOLE and not isinstance(value, int)):
        kind = "a whole number" if name in _WHOLE else "a number"
        raise RecipeError(f"\"{name}\" must be {kind} from {low:g} to {high:g}.")
    return value if name in _WHOLE else float(value)
