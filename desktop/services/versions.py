# SPDX-License-Identifier: Apache-2.0
"""Trained versions: which there are, which one answers, and one step back. Called on the vault's thread."""

from __future__ import annotations

from desktop.domain.library import AdapterVersion
from desktop.services.vault import VaultService

_BEFORE, _BASE = "adapter_before", "base"


class VersionsService:
    """The trained versions of the library compartment."""

    def __init__(self, vault: VaultService) -> None:
        self._vault = vault

    def listed(self) -> list[AdapterVersion]:
        """All trained versions, newest first."""
        return list(reversed(self._vault.library.adapters()))

    def active(self) -> str | None:
        """The id of the version that answers; None is the model as it came."""
        return self._vault.library.active_adapter()

    def adapter(self, version_id: str | None) -> bytes | None:
        """The version's GGUF; None for the model as it came."""
        return None if version_id is None else self._vault.library.adapter_bytes(version_id)

    def use(self, version_id: str | None) -> None:
        """Let this version answer from now on (None: the model as it came), and remember what answered before."""
        before = self.active()
        if before == version_id:
            return
        self._vault.library.set_active_adapter(version_id)
        self._vault.library.set_setting(_BEFORE, before or _BASE)

    def can_roll_back(self) -> bool:
        """Whether something else answered before."""
        return self._before() is not None and self.active() is not None

    def roll_back(self) -> None:
        """Let the version that answered before answer again."""
        before = self._before()
        if before is not None:
            self.use(None if before == _BASE else before)

    def _before(self) -> str | None:
        before = self._vault.library.setting(_BEFORE)
        known = {version.id for version in self.listed()} | {_BASE}
        return before if before in known else None
