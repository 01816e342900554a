# SPDX-License-Identifier: Apache-2.0
"""Creating and opening the vault."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.errors import CirclekeeperError
from desktop.services.vault import MIN_PASSPHRASE_CHARS, VaultService
from desktop.tasks import Tasks
from desktop.viewmodels.errors import sentence_of

GOOD_CHARS, GOOD_WORDS = 20, 4


@dataclass(frozen=True)
class Strength:
    """`level` is "none", "short", "fair" or "good"; `missing` is how many characters it is too short."""

    level: str
    missing: int = 0


def strength_of(passphrase: str) -> Strength:
    """A hint by length and variety; no promise, and nothing is kept or sent."""
    if not passphrase:
        return Strength("none")
    missing = MIN_PASSPHRASE_CHARS - len(passphrase)
    if missing > 0:
        return Strength("short", missing)
    words = {word.casefold() for word in passphrase.split() if len(word) > 2}
    is_varied = len(set(passphrase.casefold())) >= 8
    is_long = len(passphrase) >= GOOD_CHARS or len(words) >= GOOD_WORDS
    return Strength("good" if is_long and is_varied else "fair")


class VaultViewModel(QObject):
    """`is_new` tells whether a vault is to be created; `sentence` is what went wrong, "" if nothing did."""

    changed = Signal()
    opened = Signal()

    def __init__(self, vault: VaultService, tasks: Tasks) -> None:
        super().__init__()
        self._vault, self._tasks = vault, tasks
        self.folder = str(vault.folder)
        self.is_new = not vault.exists()
        self.is_busy = False
        self.sentence = ""

    def create(self, passphrase: str, again: str) -> None:
        """Make the vault."""
        if passphrase != again:
            self._set(sentence=self.tr("The two passphrases differ; type the same one twice."))
            return
        self._run(partial(self._vault.create, passphrase))

    def open(self, passphrase: str) -> None:
        """Open the vault."""
        self._run(partial(self._vault.open, passphrase))

    def _run(self, work: partial[None]) -> None:
        if self.is_busy:
            return
        self._set(is_busy=True)
        self._tasks.on_store(work, lambda _: self._on_opened(), self._on_failed)

    def _on_opened(self) -> None:
        self._set()
        self.opened.emit()

    def _on_failed(self, error: CirclekeeperError) -> None:
        self.is_new = not self._vault.exists()
        self._set(sentence=sentence_of(error))

    def _set(self, *, is_busy: bool = False, sentence: str = "") -> None:
        self.is_busy, self.sentence = is_busy, sentence
        self.changed.emit()
