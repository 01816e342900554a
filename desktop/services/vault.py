# SPDX-License-Identifier: Apache-2.0
"""The vault as the rest of the program sees it: closed or open, with its two compartments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from desktop.domain.change import Change
from desktop.domain.incident import Incident, IncidentId, Suggestion
from desktop.domain.library import AdapterVersion, Policy, RunRecord
from desktop.errors import BugError
from trainer.practice.citations import Passage

# The values are part of what the window promises in words; a test holds them against the vault's own.
MIN_PASSPHRASE_CHARS = 12


class Cases(Protocol):
    """The cases compartment; see `desktop.store.cases.CasesStore`."""

    def save_incident(self, incident: Incident) -> Change: ...
    def delete_incident(self, incident_id: IncidentId) -> Change: ...
    def incident(self, incident_id: IncidentId) -> Incident | None: ...
    def incidents(self, search: str = "") -> list[Incident]: ...
    def save_suggestion(self, suggestion: Suggestion) -> Change: ...
    def suggestions(self, incident_id: IncidentId) -> list[Suggestion]: ...
    def save_draft(self, key: str, text: str) -> None: ...
    def draft(self, key: str) -> str: ...
    def clear_draft(self, key: str) -> None: ...


class Library(Protocol):
    """The library compartment; see `desktop.store.library.LibraryStore`."""

    def policies(self) -> list[Policy]: ...
    def save_policy(self, policy: Policy) -> Change: ...
    def delete_policy(self, policy_id: str) -> Change: ...
    def passages(self) -> list[Passage]: ...
    def scenario_lines(self) -> list[str]: ...
    def add_scenarios(self, lines: Iterable[str]) -> Change: ...
    def clear_scenarios(self) -> Change: ...
    def adapters(self) -> list[AdapterVersion]: ...
    def save_adapter(self, adapter: AdapterVersion, gguf: bytes) -> Change: ...
    def adapter_bytes(self, adapter_id: str) -> bytes: ...
    def active_adapter(self) -> str | None: ...
    def set_active_adapter(self, adapter_id: str | None) -> Change: ...
    def runs(self) -> list[RunRecord]: ...
    def save_run(self, run: RunRecord) -> Change: ...
    def save_checkpoint(self, run_id: str, data: bytes) -> None: ...
    def checkpoint(self, run_id: str) -> bytes | None: ...
    def clear_checkpoint(self, run_id: str) -> None: ...
    def setting(self, key: str) -> str | None: ...
    def set_setting(self, key: str, value: str) -> Change: ...


class Vault(Protocol):
    """An open vault; see `desktop.store.vault.Vault`."""

    @property
    def cases(self) -> Cases: ...
    @property
    def library(self) -> Library: ...
    def close(self) -> None: ...


class VaultService:
    """Opens one vault in one folder. Everything here is called on the vault's thread, `exists` also elsewhere."""

    def __init__(
        self,
        folder: Path,
        create: Callable[[Path, str], Vault],
        open_: Callable[[Path, str], Vault],
        exists: Callable[[Path], bool],
    ) -> None:
        self.folder = folder
        self._create, self._open, self._exists = create, open_, exists
        self._vault: Vault | None = None

    def exists(self) -> bool:
        """Whether there is a vault to open; otherwise one can be created."""
        return self._exists(self.folder)

    def create(self, passphrase: str) -> None:
        """Make the vault and keep it open; raises a `VaultError`."""
        self._vault = self._create(self.folder, passphrase)

    def open(self, passphrase: str) -> None:
        """Open the vault; raises a `VaultError`."""
        self._vault = self._open(self.folder, passphrase)

    def close(self) -> None:
        """Close the vault if it is open."""
        vault, self._vault = self._vault, None
        if vault is not None:
            vault.close()

    @property
    def cases(self) -> Cases:
        return self._require().cases

    @property
    def library(self) -> Library:
        return self._require().library

    def _require(self) -> Vault:
        if self._vault is None:
            raise BugError("the vault was used while it is closed")
        return self._vault
