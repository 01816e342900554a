# SPDX-License-Identifier: Apache-2.0
"""Cases with names, and a suggestion service whose engine remembers what was sent to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop import wiring
from desktop.cancel import CancelToken
from desktop.inference.engine import LlamaEngine
from desktop.ports import AnswerRequest, AnswerResult
from desktop.services.models import Model
from desktop.services.suggestion import SuggestionEvent, SuggestionOutcome, SuggestionService
from trainer.practice.case import Case, parse_case_json
from trainer.practice.citations import Passage, split_policy

TESTS = Path(__file__).resolve().parents[1]
ANSWERS = TESTS / "answers"

NAMES = {"Student A": "Maya Okonkwo-Reyes", "Student B": "Bo", "Staff A": "Mr. Art Lindqvist"}


class ListeningEngine(LlamaEngine):
    """The real engine, which also remembers what was sent to it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[AnswerRequest] = []

    def answer(self, request: AnswerRequest, on_text: Callable[[str], None], cancel: CancelToken) -> AnswerResult:
        self.sent.append(request)
        return super().answer(request, on_text, cancel)


@dataclass
class Desk:
    """A suggestion service on a listening engine; `suggest` keeps the events."""

    engine: ListeningEngine
    events: list[SuggestionEvent] = field(default_factory=list)

    def suggest(self, case: Case, model: Path, **options: Any) -> SuggestionOutcome:
        self.events.clear()
        service = SuggestionService(self.engine, wiring.practice(), Model("reciting", model))
        cancel = options.pop("cancel", CancelToken())
        adapter, passages = options.pop("adapter", None), options.pop("passages", policy())
        return service.suggest(case, passages, adapter, self.events.append, cancel, **options)


def named_case(folder: str) -> Case:
    """One of the example cases with people's names in it."""
    text = (ANSWERS / folder / "case.json").read_text(encoding="utf-8")
    for role_word, name in NAMES.items():
        text = text.replace(role_word, name)
    return parse_case_json(text)


def answer_text(name: str) -> str:
    return (ANSWERS / name).read_text(encoding="utf-8")


def policy() -> list[Passage]:
    return split_policy("conduct", (ANSWERS / "policy.md").read_text(encoding="utf-8"))
