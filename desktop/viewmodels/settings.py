# SPDX-License-Identifier: Apache-2.0
"""Settings: the theme and window of this machine, the model of this vault, and what keeps the program offline."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from desktop.errors import CirclekeeperError
from desktop.services.models import Model
from desktop.services.preferences import PreferencesService
from desktop.tasks import Tasks
from desktop.viewmodels.errors import sentence_of

THEMES = ("system", "light", "dark")


class MachineSettings(QObject):
    """What belongs to this machine and not to the vault; nothing personal is in it."""

    theme_changed = Signal()

    def __init__(self, file: str) -> None:
        super().__init__()
        self._settings = QSettings(file, QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        value = str(self._settings.value("theme", "system"))
        return value if value in THEMES else "system"

    def choose_theme(self, theme: str) -> None:
        """One of THEMES."""
        self._settings.setValue("theme", theme)
        self._settings.sync()
        self.theme_changed.emit()

    @property
    def geometry(self) -> QByteArray:
        value = self._settings.value("geometry", QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep_geometry(self, geometry: QByteArray) -> None:
        """Remember where the window stood."""
        self._settings.setValue("geometry", geometry)
        self._settings.sync()


class SettingsViewModel(QObject):
    """`is_offline_enforced` and `offline_detail` come from the operating system's own answer at the start."""

    changed = Signal()
    told = Signal(str)

    def __init__(
        self,
        machine: MachineSettings,
        preferences: PreferencesService,
        tasks: Tasks,
        *,
        vault_folder: str,
        is_offline_enforced: bool,
        offline_detail: str,
    ) -> None:
        super().__init__()
        self.machine = machine
        self._preferences, self._tasks = preferences, tasks
        self.vault_folder = vault_folder
        self.is_offline_enforced, self.offline_detail = is_offline_enforced, offline_detail
        self.models: list[Model] = []
        self.model: Model | None = None

    def refresh(self) -> None:
        """Read the models again."""
        self._tasks.on_store(lambda: (self._preferences.listed(), self._preferences.model()), self._show, self._failed)

    def choose_model(self, name: str) -> None:
        """Let the model of that name answer."""
        if self.model is None or name != self.model.name:
            self._tasks.on_store(partial(self._preferences.choose_model, name), lambda _: self.refresh(), self._failed)

    def _show(self, read: tuple[list[Model], Model]) -> None:
        self.models, self.model = read
        self.changed.emit()

    def _failed(self, error: CirclekeeperError) -> None:
        self.told.emit(sentence_of(error))
