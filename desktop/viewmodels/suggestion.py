# SPDX-License-Identifier: Apache-2.0
"""The suggestion for one incident: asked for, streamed, cancelled, saved, and saved ones shown again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.cancel import CancelToken
from desktop.domain.incident import Incident, IncidentId, Suggestion
from desktop.errors import CirclekeeperError
from desktop.services.asking import Asked, AskingService
from desktop.services.incidents import IncidentsService
from desktop.services.models import STARTER, STARTER_NOTE
from desktop.services.suggestion import (
    CheckedCitation,
    Finished,
    GateChecked,
    PassagesChosen,
    SuggestionEvent,
    SuggestionOutcome,
    Wrote,
)
from desktop.tasks import Tasks
from desktop.viewmodels.answer import AnswerText
from desktop.viewmodels.errors import sentence_of
from desktop.viewmodels.gate import GateCard, card_of, saved_card
from trainer.practice.citations import Passage, find_citations

IDLE, PREPARING, WRITING, STOPPING, DONE, CANCELLED, FAILED = (
    "idle",
    "preparing",
    "writing",
    "stopping",
    "done",
    "cancelled",
    "failed",
)


@dataclass(frozen=True)
class Shown:
    """What stands beside the answer's text. `passages` are those that the model was given."""

    model: str = ""
    adapter: str | None = None
    created_at: str = ""
    is_saved: bool = False
    is_handoff_of_rules: bool = False
    citations: tuple[CheckedCitation, ...] = ()
    passages: tuple[Passage, ...] = ()
    failures: tuple[str, ...] = ()
    discarded: tuple[str, ...] = ()
    ended: str = ""
    seconds: float = 0.0

    @property
    def model_note(self) -> str:
        """The caution that belongs to the model that wrote this."""
        return STARTER_NOTE if self.model == STARTER else ""


class SuggestionViewModel(QObject):
    """`state` is one of the words above; `gate` is the gate's card for this suggestion, None before the first."""

    changed = Signal()
    saved_listed = Signal()
    told = Signal(str)

    def __init__(self, asking: AskingService, incidents: IncidentsService, tasks: Tasks) -> None:
        super().__init__()
        self._asking, self._incidents, self._tasks = asking, incidents, tasks
        self.answer = AnswerText(self)
        self.state, self.sentence = IDLE, ""
        self.gate: GateCard | None = None
        self.shown = Shown()
        self.saved: list[Suggestion] = []
        self._incident: Incident | None = None
        self._outcome: SuggestionOutcome | None = None
        self._cancel = CancelToken()
        self._is_saved_at_end = False
        self._run = 0

    @property
    def is_busy(self) -> bool:
        return self.state in (PREPARING, WRITING, STOPPING)

    @property
    def can_save(self) -> bool:
        return self.state == DONE and self._outcome is not None and not self.shown.is_saved

    def watch(self, incident_id: IncidentId) -> None:
        """Another incident is shown: forget the one before, and show the newest saved suggestion."""
        self._reset()
        self._set(IDLE)
        self._tasks.on_store(
            partial(self._incidents.suggestions, incident_id), partial(self._show_saved, self._run), self._on_failed
        )

    def keep_handoff(self, incident: Incident) -> None:
        """Under STOP: save the rule file's hand-off with the incident; no model is asked."""
        self.suggest(incident, is_saved_at_end=True)

    def suggest(self, incident: Incident, *, is_saved_at_end: bool = False) -> None:
        """Ask the model. Under STOP nothing is generated and the hand-off is shown."""
        if self.is_busy:
            return
        self._reset()
        self._incident, self._is_saved_at_end = incident, is_saved_at_end
        self.answer.clear(is_writing=True)
        self._set(PREPARING)
        run = self._run
        self._tasks.on_store(self._asking.prepare, partial(self._ask, run), partial(self._on_failed_run, run))

    def cancel(self) -> None:
        """Stop writing."""
        if self.is_busy:
            self._cancel.cancel()
            self._set(STOPPING)

    def save(self) -> None:
        """Keep what is shown with the incident."""
        if self.can_save and self._incident is not None and self._outcome is not None:
            self._tasks.on_store(
                partial(self._incidents.save_suggestion, self._incident.id, self._outcome),
                partial(self._on_saved, self._run),
                self._on_failed,
            )

    def show(self, suggestion: Suggestion) -> None:
        """Show a saved suggestion."""
        self._reset()
        self.gate = saved_card(self._incidents, suggestion.level, suggestion.codes)
        self.answer.replace(suggestion.reasoning, suggestion.sections)
        citations = find_citations("\n".join(suggestion.sections.values()))
        self.shown = Shown(
            suggestion.model,
            suggestion.adapter,
            suggestion.created_at,
            is_saved=True,
            is_handoff_of_rules=not suggestion.model,
            citations=tuple(CheckedCitation(citation, True) for citation in citations),
        )
        self._set(DONE)

    def _ask(self, run: int, asked: Asked) -> None:
        if run != self._run or self._incident is None:
            return
        incident, cancel = self._incident, self._cancel
        on_event = partial(self._post, run)
        self._tasks.on_model(
            lambda: self._asking.ask(incident, asked, on_event, cancel),
            lambda _: None,
            partial(self._on_failed_run, run),
        )

    def _post(self, run: int, event: SuggestionEvent) -> None:
        self._tasks.post(partial(self._take, run, event))

    def _take(self, run: int, event: SuggestionEvent) -> None:
        if run != self._run:
            return
        if isinstance(event, Wrote):
            self.answer.add(event.piece.where, event.piece.text)
            return
        if isinstance(event, GateChecked):
            self.gate = card_of(self._incidents, event.result)
            self._set(STOPPING if self.state == STOPPING else WRITING)
        elif isinstance(event, PassagesChosen):
            self.shown = Shown(passages=event.passages)
            self.changed.emit()
        elif isinstance(event, Finished):
            self._finish(event.outcome)

    def _finish(self, outcome: SuggestionOutcome) -> None:
        self._outcome = outcome
        self.answer.replace(outcome.reasoning, outcome.sections)
        self.shown = Shown(
            model=outcome.model or "",
            adapter=outcome.adapter,
            is_handoff_of_rules=outcome.model is None,
            citations=outcome.citations,
            passages=outcome.passages,
            failures=outcome.failures,
            discarded=outcome.discarded,
            ended=outcome.ended,
            seconds=outcome.seconds,
        )
        if self.gate is not None and outcome.level != self.gate.level:
            self.gate = saved_card(self._incidents, outcome.level, outcome.gate.codes)
        self._set(CANCELLED if outcome.ended == "cancelled" else DONE)
        if self._is_saved_at_end:
            self.save()

    def _show_saved(self, run: int, suggestions: list[Suggestion]) -> None:
        if run != self._run:
            return
        self.saved = suggestions
        self.saved_listed.emit()
        if suggestions:
            self.show(suggestions[0])

    def _on_saved(self, run: int, suggestion: Suggestion) -> None:
        if run != self._run:
            return
        self.saved = [suggestion, *self.saved]
        self.saved_listed.emit()
        self.show(suggestion)
        self.told.emit(self.tr("The suggestion was saved with the incident."))

    def _reset(self) -> None:
        """Whatever still runs is asked to stop, and what it sends is dropped."""
        self._cancel.cancel()
        self._cancel = CancelToken()
        self._run += 1
        self._outcome, self.gate, self.shown, self.sentence = None, None, Shown(), ""
        self.answer.clear()

    def _set(self, state: str, sentence: str = "") -> None:
        self.state, self.sentence = state, sentence
        self.changed.emit()

    def _on_failed_run(self, run: int, error: CirclekeeperError) -> None:
        if run == self._run:
            self.answer.is_writing = False
            self._set(FAILED, sentence_of(error))

    def _on_failed(self, error: CirclekeeperError) -> None:
        self.told.emit(sentence_of(error))
