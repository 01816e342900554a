# SPDX-License-Identifier: Apache-2.0
"""One incident being written: fields, drafts, saving, and the safety gate that reads along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.domain.change import Change
from desktop.domain.incident import Incident, IncidentId
from desktop.errors import CirclekeeperError
from desktop.services.incidents import IncidentsService
from desktop.tasks import Tasks
from desktop.viewmodels.drafts import DraftKeeper
from desktop.viewmodels.errors import sentence_of
from desktop.viewmodels.gate import GateCard, card_of
from desktop.viewmodels.items.people import PeopleTableModel
from trainer.practice.case import GRADE_BANDS

GATE_PAUSE_MS = 300
#: Status of the text: being read (nothing may be typed), nothing there yet, typed, kept as a draft, saved.
LOADING, BLANK, TYPED, DRAFT, SAVED = "loading", "blank", "typed", "draft", "saved"


class IncidentViewModel(QObject):
    """`loaded` asks the page to fill its fields; `gate` is None until the gate has read the text."""

    grade_bands = GRADE_BANDS
    loaded = Signal()
    status_changed = Signal()
    gate_changed = Signal()
    saved = Signal(object)
    missing = Signal()
    failed = Signal(str)

    def __init__(self, incidents: IncidentsService, tasks: Tasks) -> None:
        super().__init__()
        self._incidents, self._tasks = incidents, tasks
        self.incident = incidents.blank()
        self.is_new = True
        self.was_restored = False
        self.status = BLANK
        self.gate: GateCard | None = None
        self.people = PeopleTableModel()
        self.people.edited.connect(lambda: self._set(parties=self.people.parties()))
        self._drafts = DraftKeeper(self._keep_draft, self)
        self._gate_asked = 0
        self._gate_timer = QTimer(self, singleShot=True, interval=GATE_PAUSE_MS)
        self._gate_timer.timeout.connect(self.check_now)

    @property
    def concerns(self) -> list[tuple[str, str]]:
        """Code and title of everything that staff can tick."""
        return [(card.code, card.title) for card in self._incidents.concerns()]

    def start_new(self) -> None:
        """Begin a new incident, or go on with the one that was begun and never saved."""
        self.leave()
        self._set_status(LOADING)
        self._tasks.on_store(self._incidents.unfinished, self._show_new, self._on_failed)

    def open(self, incident_id: IncidentId) -> None:
        """Show a saved incident, with unsaved typing put back."""
        self.leave()
        self._set_status(LOADING)
        self._tasks.on_store(partial(self._incidents.opened, incident_id), self._show_opened, self._on_failed)

    def leave(self) -> None:
        """Keep what was typed; called when the page is left, the vault locked, the program ended."""
        self._drafts.flush()

    def set_narrative(self, text: str) -> None:
        """What happened."""
        self._set(narrative=text)

    def set_grade_band(self, band: str | None) -> None:
        """One of the grade bands, or None."""
        self._set(grade_band=band)

    def set_severity(self, severity: int | None) -> None:
        """How serious staff think it is, 1 to 4, or None."""
        self._set(severity=severity)

    def set_location(self, text: str) -> None:
        """Where it happened."""
        self._set(location=text.strip() or None)

    def set_flags(self, codes: tuple[str, ...]) -> None:
        """The concerns that staff ticked."""
        self._set(flags=codes)

    def save(self, then: Callable[[Incident], None] | None = None) -> None:
        """Save; `then` gets the saved incident."""
        self._drafts.forget()
        self._tasks.on_store(
            partial(self._incidents.save, self.incident), partial(self._on_saved, self.incident, then), self._on_failed
        )

    def discard(self) -> None:
        """Give unsaved typing up and show what is saved (for a new incident: nothing)."""
        self._drafts.forget()
        incident_id, is_new = self.incident.id, self.is_new
        self._tasks.on_store(
            partial(self._incidents.forget_draft, incident_id),
            lambda _: self.start_new() if is_new else self.open(incident_id),
            self._on_failed,
        )

    def check_now(self) -> None:
        """Let the gate read the text as it stands."""
        self._gate_timer.stop()
        self._gate_asked += 1
        if not self.incident.narrative.strip() and not self.incident.flags:
            self._show_gate(self._gate_asked, None)
            return
        incident = self.incident
        self._tasks.in_pool(
            lambda: card_of(self._incidents, self._incidents.check(incident)),
            partial(self._show_gate, self._gate_asked),
            self._on_failed,
        )

    def _set(self, **fields: Any) -> None:
        changed = replace(self.incident, **fields)
        if changed == self.incident:
            return
        self.incident = changed
        self._set_status(TYPED)
        self._drafts.touch()
        self._gate_timer.start()

    def _keep_draft(self) -> None:
        incident = self.incident
        self._tasks.on_store(
            partial(self._incidents.keep_draft, incident, is_new=self.is_new),
            lambda _: self._on_draft_kept(incident),
            self._on_failed,
        )

    def _on_draft_kept(self, incident: Incident) -> None:
        if incident == self.incident and self.status == TYPED:
            self._set_status(DRAFT)

    def _show_new(self, unfinished: Incident | None) -> None:
        self._show(unfinished or self._incidents.blank(), is_new=True, was_restored=unfinished is not None)

    def _show_opened(self, result: tuple[Incident | None, bool]) -> None:
        incident, was_restored = result
        if incident is None:
            self.missing.emit()
        else:
            self._show(incident, is_new=False, was_restored=was_restored)

    def _show(self, incident: Incident, *, is_new: bool, was_restored: bool) -> None:
        self._drafts.forget()
        self.incident, self.is_new, self.was_restored = incident, is_new, was_restored
        self.people.set_rows(incident.parties)
        self.gate = None
        self.loaded.emit()
        self._drafts.forget()
        self._set_status(DRAFT if was_restored else BLANK if is_new else SAVED)
        self.check_now()

    def _on_saved(
        self, sent: Incident, then: Callable[[Incident], None] | None, result: tuple[Incident, Change]
    ) -> None:
        saved, _ = result
        if self.incident.id != saved.id:
            return
        has_more = self.incident != sent
        self.is_new = False
        if has_more:
            self._drafts.touch()
        else:
            self.incident = saved
            self._set_status(SAVED)
        self.saved.emit(saved)
        if then is not None:
            then(saved)

    def _show_gate(self, asked: int, card: GateCard | None) -> None:
        if asked == self._gate_asked:
            self.gate = card
            self.gate_changed.emit()

    def _set_status(self, status: str) -> None:
        self.status = status
        self.status_changed.emit()

    def _on_failed(self, error: CirclekeeperError) -> None:
        if self.status == TYPED:
            self._drafts.touch()
        self.failed.emit(sentence_of(error))
