# SPDX-License-Identifier: Apache-2.0
"""All view-models behind the first page, made of the services of an open vault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.services.asking import AskingService
from desktop.services.incidents import IncidentsService
from desktop.services.models import ModelsService
from desktop.services.policies import PoliciesService
from desktop.services.preferences import PreferencesService
from desktop.services.suggestion import SuggestionService
from desktop.services.training import TrainingService
from desktop.services.training_plan import TrainingPlanService
from desktop.services.vault import VaultService
from desktop.services.versions import VersionsService
from desktop.tasks import Tasks
from desktop.viewmodels.compare import CompareViewModel
from desktop.viewmodels.incident import IncidentViewModel
from desktop.viewmodels.incidents import IncidentsViewModel
from desktop.viewmodels.settings import MachineSettings, SettingsViewModel
from desktop.viewmodels.suggestion import SuggestionViewModel
from desktop.viewmodels.training import TrainingViewModel
from trainer.practice.rules import Practice


@dataclass(frozen=True)
class Given:
    """What the composition root brings: the services around the engine, the folders, the system's word on the network.

    `training` makes the training service when a run starts: it looks for the trainer's environment.
    """

    vault: VaultService
    practice: Practice
    suggestions: SuggestionService
    models: ModelsService
    training: Callable[[], TrainingService]
    assets: Path
    models_folder: Path
    is_offline_enforced: bool
    offline_detail: str


@dataclass(frozen=True)
class ViewModels:
    """Everything the pages follow."""

    incidents: IncidentsViewModel
    incident: IncidentViewModel
    suggestion: SuggestionViewModel
    training: TrainingViewModel
    compare: CompareViewModel
    settings: SettingsViewModel

    def leave(self) -> None:
        """The vault is about to be closed: keep what was typed, stop what is being written."""
        self.suggestion.cancel()
        self.compare.cancel()
        self.incident.leave()


def view_models(given: Given, machine: MachineSettings, tasks: Tasks) -> ViewModels:
    """Make them all."""
    incidents = IncidentsService(given.vault, given.practice, given.assets / "sample-school" / "incidents")
    policies, versions = PoliciesService(given.vault, given.assets), VersionsService(given.vault)
    preferences = PreferencesService(given.vault, given.models)
    asking = AskingService(given.suggestions, policies, versions, preferences)
    plans = TrainingPlanService(given.vault, preferences, given.assets, given.models_folder)
    return ViewModels(
        IncidentsViewModel(incidents, tasks),
        IncidentViewModel(incidents, tasks),
        SuggestionViewModel(asking, incidents, tasks),
        TrainingViewModel(given.training, plans, policies, versions, tasks),
        CompareViewModel(asking, plans, tasks),
        SettingsViewModel(
            machine,
            preferences,
            tasks,
            vault_folder=str(given.vault.folder),
            is_offline_enforced=given.is_offline_enforced,
            offline_detail=given.offline_detail,
        ),
    )
