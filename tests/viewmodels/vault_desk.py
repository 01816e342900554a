# SPDX-License-Identifier: Apache-2.0
"""View-models on a real vault, without a window and without threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from desktop import paths, wiring
from desktop.secrets.passphrase import Argon2Cost
from desktop.services.asking import AskingService
from desktop.services.incidents import IncidentsService
from desktop.services.models import ModelsService
from desktop.services.policies import PoliciesService
from desktop.services.preferences import PreferencesService
from desktop.services.suggestion import SuggestionService
from desktop.services.training_plan import TrainingPlanService
from desktop.services.vault import VaultService
from desktop.services.versions import VersionsService
from desktop.store.vault import Vault
from trainer.practice.rules import Practice

CHEAP = Argon2Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "quiet lantern over water"


class Desk:
    """The services around an open vault, and the engine that answers."""

    def __init__(self, vault: VaultService, practice: Practice, models_folder: Path) -> None:
        assets = paths.assets_folder()
        self.vault = vault
        self.engine = wiring.new_engine()
        self.incidents = IncidentsService(vault, practice, assets / "sample-school" / "incidents")
        self.policies, self.versions = PoliciesService(vault, assets), VersionsService(vault)
        self.preferences = PreferencesService(vault, ModelsService(assets, models_folder))
        suggestions = SuggestionService(self.engine, practice)
        self.asking = AskingService(suggestions, self.policies, self.versions, self.preferences)
        self.plans = TrainingPlanService(vault, self.preferences, assets, models_folder)


@pytest.fixture(scope="session")
def practice() -> Practice:
    return wiring.practice()


@pytest.fixture(scope="session")
def core() -> QCoreApplication:
    """Qt's core alone, or the application that other tests have made."""
    return QCoreApplication.instance() or QCoreApplication([])


@pytest.fixture
def closed(core: QCoreApplication, tmp_path: Path) -> VaultService:
    """No vault yet."""
    return VaultService(
        tmp_path / "vault", lambda folder, words: Vault.create(folder, words, cost=CHEAP),
        lambda folder, words: Vault.open(folder, words, floor=CHEAP), wiring.vault_exists,
    )


@pytest.fixture
def desk(closed: VaultService, practice: Practice, tmp_path: Path) -> Iterator[Desk]:
    """An open vault with its services."""
    closed.create(PASSPHRASE)
    made = Desk(closed, practice, tmp_path / "models")
    yield made
    made.engine.close()
    closed.close()
