# SPDX-License-Identifier: Apache-2.0
"""The same incident answered by the model as it came and by a trained version, one after the other, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.cancel import CancelToken
from desktop.domain.incident import TITLE_CHARS
from desktop.errors import CirclekeeperError
from desktop.services.asking import Asked, AskingService
from desktop.services.suggestion import Finished, SuggestionEvent, SuggestionOutcome, Wrote
from desktop.services.training_plan import TrainingPlanService
from desktop.tasks import Tasks
from desktop.viewmodels.answer import AnswerText
from desktop.viewmodels.errors import sentence_of
from trainer.practice.case import Case

BASE, TRAINED = "base", "trained"


@dataclass
class Side:
    """One of the two answers; `score` is 0 to 100, None until it is there (or when nothing was written)."""

    name: str
    text: AnswerText
    score: float | None = None
    is_handoff_of_rules: bool = False
    is_fitting: bool = True


class CompareViewModel(QObject):
    """`state` is "idle", "preparing", "base", "trained", "done" or "failed"."""

    changed = Signal()

    def __init__(self, asking: AskingService, plans: TrainingPlanService, tasks: Tasks) -> None:
        super().__init__()
        self._asking, self._plans, self._tasks = asking, plans, tasks
        self.sides = {name: Side(name, AnswerText(self)) for name in (BASE, TRAINED)}
        self.examples: list[Case] = []
        self.chosen = 0
        self.state, self.sentence = "idle", ""
        self._version = ""
        self._cancel = CancelToken()
        self._run = 0

    @property
    def is_busy(self) -> bool:
        return self.state in ("preparing", BASE, TRAINED)

    @property
    def titles(self) -> list[str]:
        """The examples' first words."""
        return [_title(case.narrative) for case in self.examples]

    def show(self, version_id: str) -> None:
        """Compare this trained version with its base on the chosen example."""
        self._version = version_id
        if self.examples:
            self.choose(self.chosen)
        else:
            self._tasks.on_store(self._plans.examples, self._on_examples, self._on_failed)

    def choose(self, example: int) -> None:
        """Answer another example."""
        self.cancel()
        self._run += 1
        self._cancel, self.chosen = CancelToken(), example
        for name, side in self.sides.items():
            self.sides[name] = replace(side, score=None, is_handoff_of_rules=False)
            side.text.clear(is_writing=True)
        self._set("preparing")
        self._tasks.on_store(self._prepare, partial(self._ask, self._run), self._on_failed)

    def cancel(self) -> None:
        """Stop writing; what is there stays."""
        self._cancel.cancel()

    def _prepare(self) -> dict[str, Asked]:
        return {BASE: self._asking.prepare_with(None), TRAINED: self._asking.prepare_with(self._version)}

    def _ask(self, run: int, asked: dict[str, Asked]) -> None:
        for name in (BASE, TRAINED):
            work = partial(self._answer, run, name, self.examples[self.chosen], asked[name], self._cancel)
            self._tasks.on_model(work, lambda _: None, partial(self._on_failed_run, run))

    def _answer(self, run: int, name: str, case: Case, asked: Asked, cancel: CancelToken) -> None:
        if cancel.is_cancelled:
            return
        self._tasks.post(partial(self._begin, run, name))
        self._asking.ask_case(case, asked, partial(self._post, run, name), cancel)

    def _post(self, run: int, name: str, event: SuggestionEvent) -> None:
        self._tasks.post(partial(self._take, run, name, event))

    def _begin(self, run: int, name: str) -> None:
        if run == self._run:
            self._set(name)

    def _take(self, run: int, name: str, event: SuggestionEvent) -> None:
        if run != self._run:
            return
        if isinstance(event, Wrote):
            self.sides[name].text.add(event.piece.where, event.piece.text)
        elif isinstance(event, Finished):
            self._finish(name, event.outcome)

    def _finish(self, name: str, outcome: SuggestionOutcome) -> None:
        self.sides[name] = replace(
            self.sides[name],
            score=outcome.rubric.total if outcome.rubric else None,
            is_handoff_of_rules=outcome.model is None,
            is_fitting=name == BASE or outcome.model is None or outcome.adapter is not None,
        )
        self.sides[name].text.replace(outcome.reasoning, outcome.sections)
        self._set("done" if name == TRAINED else self.state)

    def _on_examples(self, examples: list[Case]) -> None:
        self.examples = examples
        if examples:
            self.choose(0)
        else:
            self._set("failed", self.tr("There is no example to compare on; reinstall Circlekeeper."))

    def _set(self, state: str, sentence: str = "") -> None:
        self.state, self.sentence = state, sentence
        self.changed.emit()

    def _on_failed_run(self, run: int, error: CirclekeeperError) -> None:
        if run == self._run:
            self._on_failed(error)

    def _on_failed(self, error: CirclekeeperError) -> None:
        for side in self.sides.values():
            side.text.is_writing = False
        self._cancel.cancel()
        self._set("failed", sentence_of(error))


def _title(narrative: str) -> str:
    words = " ".join(narrative.split())
    if len(words) <= TITLE_CHARS:
        return words
    return words[:TITLE_CHARS].rpartition(" ")[0].rstrip(" ,;:.") + "…"
