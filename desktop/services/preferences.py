# SPDX-License-Identifier: Apache-2.0
"""Which model answers in this vault. Called on the vault's thread, apart from `listed` and `fingerprint`."""

from __future__ import annotations

from pathlib import Path

from desktop.services.models import Model, ModelsService, sha256_of
from desktop.services.vault import VaultService

_MODEL = "model"


class PreferencesService:
    """The model that was chosen, the starter until then."""

    def __init__(self, vault: VaultService, models: ModelsService) -> None:
        self._vault, self._models = vault, models
        self._fingerprints: dict[tuple[Path, int, int], str] = {}

    def listed(self) -> list[Model]:
        """The models that are there."""
        return self._models.listed()

    def model(self) -> Model:
        """The chosen model; the starter when none was chosen or the chosen one is gone."""
        name = self._vault.library.setting(_MODEL)
        return next((model for model in self.listed() if model.name == name), self._models.starter())

    def choose_model(self, name: str) -> None:
        """Let the model of that name answer from now on."""
        self._vault.library.set_setting(_MODEL, self._models.choose(name).name)

    def fingerprint(self, model: Model) -> str:
        """The SHA-256 of the model's file; read again only when the file changed."""
        try:
            stat = model.path.stat()
        except OSError:
            return ""
        key = (model.path, stat.st_size, stat.st_mtime_ns)
        if key not in self._fingerprints:
            self._fingerprints[key] = sha256_of(model.path)
        return self._fingerprints[key]
