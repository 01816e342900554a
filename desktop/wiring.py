# SPDX-License-Identifier: Apache-2.0
"""Puts adapters and services together, without Qt. The command line and the window call this, and nobody else does.

Adapters are imported inside the functions: `circlekeeper gate` must not need SQLCipher, nor the vault a model.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop import paths
from desktop.ports import Engine
from desktop.services.models import ModelsService
from trainer.practice import rules
from trainer.practice.rules import Practice

if TYPE_CHECKING:
    from desktop.services.suggestion import SuggestionService
    from desktop.services.training import TrainingService
    from desktop.store.vault import Vault


@dataclass
class Services:
    """What a window or a command works with; `close` ends every child process."""

    practice: Practice
    models: ModelsService
    engine: Engine
    suggestions: SuggestionService

    def close(self) -> None:
        self.engine.close()


def build() -> Services:
    """The services around one engine. No model is chosen yet, and nothing is started: set `suggestions.model`."""
    from desktop.services.suggestion import SuggestionService

    loaded, engine = practice(), new_engine()
    return Services(loaded, models(), engine, SuggestionService(engine, loaded))


def practice() -> Practice:
    """The safety gate's rules and the hash of the practice folder."""
    return rules.load(paths.assets_folder() / "practice")


def models() -> ModelsService:
    """The models that can be chosen."""
    return ModelsService(paths.assets_folder(), paths.models_folder())


def new_engine() -> Engine:
    """A language model in a child process, not started yet."""
    from desktop.inference.engine import LlamaEngine

    return LlamaEngine()


def create_vault(folder: Path, passphrase: str) -> Vault:
    """Make a vault and open it."""
    from desktop.store.vault import Vault

    return Vault.create(folder, passphrase)


def open_vault(folder: Path, passphrase: str) -> Vault:
    """Open a vault."""
    from desktop.store.vault import Vault

    return Vault.open(folder, passphrase)


def vault_exists(folder: Path) -> bool:
    """Whether a vault, or anything that is left of one, stands in the folder."""
    from desktop.store.vault import Vault

    return Vault.exists(folder)


def trainer_python() -> Path:
    """The trainer environment's Python; raises `TrainerError` with what to do when there is none."""
    from desktop.training.environment import find_python

    return find_python(paths.trainer_python(), os.environ)


def training_service() -> TrainingService:
    """Training and comparing; the trainer's Python is looked for when a run starts."""
    from desktop.services.training import TrainingService
    from desktop.tasks import in_background
    from desktop.training.process import process_factory

    new_trainer = process_factory(paths.trainer_python(), practice().sha256, in_background)
    return TrainingService(new_trainer, paths.assets_folder())
