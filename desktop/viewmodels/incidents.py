# SPDX-License-Identifier: Apache-2.0
"""The list of incidents: search, delete with undo, and the incident that was begun and not saved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.domain.change import Change
from desktop.domain.incident import Incident, IncidentId
from desktop.errors import CirclekeeperError
from desktop.services.incidents import IncidentsService
from desktop.tasks import Tasks
from desktop.viewmodels.errors import sentence_of
from desktop.viewmodels.items.incidents import IncidentListModel


class IncidentsViewModel(QObject):
    """`told` carries a sentence for the message bar and whether it can be undone."""

    changed = Signal()
    told = Signal(str, bool)

    def __init__(self, incidents: IncidentsService, tasks: Tasks) -> None:
        super().__init__()
        self._incidents, self._tasks = incidents, tasks
        self._asked = 0
        self._undo: Callable[[], Change] | None = None
        self.items = IncidentListModel()
        self.search_text = ""
        self.is_loaded = False
        self.has_unfinished = False

    def refresh(self) -> None:
        """Read the list again."""
        self.search(self.search_text)

    def search(self, text: str) -> None:
        """Show the incidents that hold every word; an answer to an older question is dropped."""
        self.search_text = text
        self._asked += 1
        self._tasks.on_store(partial(self._read, text), partial(self._show, self._asked), self._on_failed)

    def delete(self, incident_id: IncidentId) -> None:
        """Take an incident out of the list."""
        self._tasks.on_store(
            lambda: self._incidents.delete(incident_id),
            lambda change: self._changed(change, self.tr("The incident was deleted.")),
            self._on_failed,
        )

    def undo(self) -> None:
        """Take the last deletion back."""
        undo, self._undo = self._undo, None
        if undo is not None:
            self._tasks.on_store(undo, lambda _: self._restored(), self._on_failed)

    def add_samples(self) -> None:
        """Add the sample school's incidents."""
        self._tasks.on_store(
            self._incidents.add_samples,
            lambda change: self._changed(change, self.tr("The sample incidents were added.")),
            self._on_failed,
        )

    def _read(self, text: str) -> tuple[list[Incident], bool]:
        return self._incidents.listed(text), self._incidents.unfinished() is not None

    def _show(self, asked: int, result: tuple[list[Incident], bool]) -> None:
        if asked != self._asked:
            return
        rows, self.has_unfinished = result
        self.is_loaded = True
        self.items.set_rows(rows)
        self.changed.emit()

    def _changed(self, change: Change, sentence: str) -> None:
        self._undo = change.undo
        self.told.emit(sentence, change.undo is not None)
        self.refresh()

    def _restored(self) -> None:
        self.told.emit(self.tr("The incident is back."), False)
        self.refresh()

    def _on_failed(self, error: CirclekeeperError) -> None:
        self.told.emit(sentence_of(error), False)
