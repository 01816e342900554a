# SPDX-License-Identifier: Apache-2.0
"""A restorative suggestion for one case: gate, passages, model, gate again, rubric.

The safety gate stands outside the model, before it and after it. Under STOP nothing is generated: the hand-off comes
from the rule file. Under HOLD the model may write the hand-off, and nobody sees a word of it before the gate has
checked the whole; an answer that breaks the gate is discarded with its reasons and the rule file's hand-off stands in
its place. The model may raise a concern (write a hand-off where none was due); it never lowers one.
Names never reach the model: role words go in, names come back on the way to the reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from desktop.cancel import CancelToken
from desktop.ports import AnswerRequest, AnswerResult, Engine
from desktop.services.models import Model
from desktop.services.names import NameRestorer
from trainer.practice import gate
from trainer.practice.case import Case
from trainer.practice.citations import Citation, Passage, find_citations, is_supported
from trainer.practice.contract import Answer, Piece, StreamParser, parse
from trainer.practice.gate import GateResult
from trainer.practice.prompt import MaskedCase, build_messages, mask, restore_names
from trainer.practice.retrieval import case_query, retrieve
from trainer.practice.rubric.result import RubricScore
from trainer.practice.rubric.score import score
from trainer.practice.rules import Practice

NO_HANDOFF = "the model wrote no hand-off although one was due"


@dataclass(frozen=True)
class CheckedCitation:
    """A citation of the answer; `is_supported` when the passage was given and says so."""

    citation: Citation
    is_supported: bool


@dataclass(frozen=True)
class SuggestionOutcome:
    """The result.

    `level` is the gate's, or "HOLD" when the model raised it. `sections` is what the reader is shown: the model's, or
    the rule file's hand-off (then `handoff` holds it too, and `discarded` says why unless the level is STOP).
    `failures` names what a shown answer lacks of the contract. `model` is None when nothing of a model is shown;
    `adapter` is the short fingerprint of the trained version. `ended` is "end", "length", "cancelled" or "no model".
    """

    gate: GateResult
    level: str
    passages: tuple[Passage, ...] = ()
    reasoning: str = field(default="", repr=False)
    sections: Mapping[str, str] = field(default_factory=dict, repr=False)
    handoff: Mapping[str, str] = field(default_factory=dict, repr=False)
    citations: tuple[CheckedCitation, ...] = ()
    rubric: RubricScore | None = field(default=None, repr=False)
    failures: tuple[str, ...] = ()
    discarded: tuple[str, ...] = ()
    model: str | None = None
    adapter: str | None = None
    ended: str = "no model"
    tokens: int = 0
    seconds: float = 0.0
    first_token_s: float = 0.0


@dataclass(frozen=True)
class GateChecked:
    """The gate has looked at the case."""

    result: GateResult


@dataclass(frozen=True)
class PassagesChosen:
    """These policy passages go to the model."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Wrote:
    """New text of the answer, with names."""

    piece: Piece


@dataclass(frozen=True)
class Finished:
    """The last event of a suggestion."""

    outcome: SuggestionOutcome


SuggestionEvent = GateChecked | PassagesChosen | Wrote | Finished
OnEvent = Callable[[SuggestionEvent], None]


class SuggestionService:
    """Makes suggestions with one engine; `model` is loaded when it is first needed, so never under STOP."""

    def __init__(self, engine: Engine, practice: Practice, model: Model | None = None) -> None:
        self._engine, self._practice = engine, practice
        self.model = model

    def suggest(
        self, case: Case, passages: Sequence[Passage], adapter: bytes | None, on_event: OnEvent, cancel: CancelToken,
        *, seed: int = 0, flags: Iterable[str] = (),
    ) -> SuggestionOutcome:
        """Run the whole way; every step is told to `on_event`, the outcome last. `flags` are codes ticked by staff."""
        result = gate.check_case(self._practice.gate, case, flags)
        on_event(GateChecked(result))
        if result.level == "STOP":
            handoff = gate.handoff(self._practice.gate, result)
            outcome = SuggestionOutcome(result, result.level, sections=handoff, handoff=handoff)
        else:
            chosen = tuple(retrieve(case_query(case), passages))
            on_event(PassagesChosen(chosen))
            outcome = self._with_model(case, result, chosen, adapter, on_event, cancel, seed)
        on_event(Finished(outcome))
        return outcome

    def _with_model(
        self, case: Case, result: GateResult, passages: tuple[Passage, ...], adapter: bytes | None, on_event: OnEvent,
        cancel: CancelToken, seed: int,
    ) -> SuggestionOutcome:
        masked = mask(case)
        teller = _Teller(masked.names, on_event, is_held=result.level == "HOLD")
        if self.model is not None:
            self._engine.load(self.model.path)
        request = AnswerRequest(build_messages(masked.case, passages), adapter, seed=seed)
        written = self._engine.answer(request, teller.take, cancel)
        answer = parse(written.text)
        reasons = self._reasons_against(answer, result, written)
        if reasons:
            return self._discarded(result, passages, reasons, written)
        teller.finish()
        name = self.model.name if self.model else "unnamed"
        fingerprint = hashlib.sha256(adapter).hexdigest()[:12] if adapter is not None else None
        return _outcome(masked, result, passages, answer, written, name, fingerprint)

    def _reasons_against(self, answer: Answer, result: GateResult, written: AnswerResult) -> tuple[str, ...]:
        """Why the answer must not be shown; empty when it may."""
        reasons = gate.check_answer(self._practice.gate, answer, result.level)
        if reasons or result.level != "HOLD":
            return reasons
        if written.ended == "cancelled":
            return ("the answer was cancelled before the gate could check it",)
        return () if answer.form == "handoff" else (NO_HANDOFF,)

    def _discarded(
        self, result: GateResult, passages: tuple[Passage, ...], reasons: tuple[str, ...], written: AnswerResult
    ) -> SuggestionOutcome:
        handoff = gate.handoff(self._practice.gate, result)
        return SuggestionOutcome(
            result, result.level, passages, sections=handoff, handoff=handoff, discarded=reasons, ended=written.ended,
            tokens=written.tokens, seconds=written.seconds, first_token_s=written.first_token_s,
        )


class _Teller:
    """Turns the model's text into `Wrote` events with names; while held it only collects."""

    def __init__(self, names: Mapping[str, str], on_event: OnEvent, *, is_held: bool) -> None:
        self._names, self._on_event, self._is_held = names, on_event, is_held
        self._parser = StreamParser()
        self._waiting: list[Piece] = []
        self._where = ""
        self._restorer = NameRestorer(names)

    def take(self, text: str) -> None:
        self._waiting += self._parser.feed(text)
        if not self._is_held:
            self._tell()

    def finish(self) -> None:
        """Tell all that is left; called only for an answer that may be shown."""
        self._waiting += self._parser.finish()
        self._tell()
        self._say(self._restorer.finish())

    def _tell(self) -> None:
        for piece in self._waiting:
            if piece.where != self._where:
                self._say(self._restorer.finish())
                self._where, self._restorer = piece.where, NameRestorer(self._names)
            self._say(self._restorer.feed(piece.text))
        self._waiting.clear()

    def _say(self, text: str) -> None:
        if text:
            self._on_event(Wrote(Piece(self._where, text)))


def _outcome(
    masked: MaskedCase, result: GateResult, passages: tuple[Passage, ...], answer: Answer, written: AnswerResult,
    model: str, adapter: str | None,
) -> SuggestionOutcome:
    raised = answer.form == "handoff" and result.level in ("CLEAR", "CAUTION")
    # Scored as training scores it: people as role words. A hand-off that the model chose is judged as a hand-off.
    rubric = score(masked.case, passages, "HOLD" if raised else result.level, answer)
    found = find_citations(answer.body)
    return SuggestionOutcome(
        result, "HOLD" if raised else result.level, passages, restore_names(answer.reasoning, masked.names),
        {name: restore_names(text, masked.names) for name, text in answer.sections.items()},
        citations=tuple(CheckedCitation(citation, is_supported(citation, passages)) for citation in found),
        rubric=rubric, failures=answer.failures, model=model, adapter=adapter, ended=written.ended,
        tokens=written.tokens, seconds=written.seconds, first_token_s=written.first_token_s,
    )
