# SPDX-License-Identifier: Apache-2.0
"""`circlekeeper suggest`: gate, then a streamed suggestion for one case."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from desktop import wiring
from desktop.cancel import CancelToken
from desktop.cli import gate as gate_command
from desktop.cli.reading import read_policies, read_text
from desktop.services.models import read_adapter
from desktop.services.suggestion import (
    Finished,
    GateChecked,
    PassagesChosen,
    SuggestionEvent,
    SuggestionOutcome,
    Wrote,
)
from trainer.practice.case import parse_case_json

_CANCELLED = 130


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser: argparse.ArgumentParser = commands.add_parser("suggest", help="make a suggestion for one case")
    parser.add_argument("case", metavar="CASE.json", help="the case, or - for standard input")
    parser.add_argument("--policies", metavar="DIR", help="a folder with the school's policies (.md)")
    parser.add_argument("--model", metavar="NAME|PATH", help="a listed model or a .gguf file (default: the starter)")
    parser.add_argument("--adapter", metavar="PATH", help="a trained version (.gguf)")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end instead of streaming")


def run(args: argparse.Namespace) -> int:
    """Make the suggestion and print it."""
    case = parse_case_json(read_text(args.case))
    passages = read_policies(args.policies)
    adapter = read_adapter(Path(args.adapter)) if args.adapter else None
    services, printer = wiring.build(), _Printer(is_quiet=args.json)
    if args.model:
        services.suggestions.model = services.models.choose(args.model)
    else:
        services.suggestions.model = services.models.starter()  # under STOP it need not even be there
    try:
        with _cancel_on_interrupt() as cancel:
            outcome = services.suggestions.suggest(case, passages, adapter, printer.take, cancel)
    finally:
        services.close()
    if outcome.ended == "cancelled":
        print("Cancelled.", file=sys.stderr)
        return _CANCELLED
    if args.json:
        print(json.dumps(as_json(outcome), ensure_ascii=False))
    return 0


def as_json(outcome: SuggestionOutcome) -> dict[str, Any]:
    """The interchange form of a suggestion."""
    rubric = None
    if outcome.rubric is not None:
        rubric = {**{name: round(value, 2) for name, value in outcome.rubric.criteria.items()},
                  "total": outcome.rubric.total}
    return {
        "gate": gate_command.as_json(outcome.gate),
        "level": outcome.level,
        "reasoning": outcome.reasoning,
        "sections": dict(outcome.sections),
        "citations": [
            {"id": item.citation.id, "quotation": item.citation.quotation, "supported": item.is_supported}
            for item in outcome.citations
        ],
        "rubric": rubric,
        "failures": list(outcome.failures),
        "discarded": list(outcome.discarded),
        "model": outcome.model,
        "adapter": outcome.adapter,
        "timing": {"seconds": round(outcome.seconds, 3), "first_token_s": round(outcome.first_token_s, 3),
                   "tokens": outcome.tokens},
    }


class _Printer:
    """Prints events: the suggestion as plain text on stdout, progress on stderr."""

    def __init__(self, *, is_quiet: bool) -> None:
        self._is_quiet = is_quiet
        self._where = ""
        self._ends_line = True

    def take(self, event: SuggestionEvent) -> None:
        if isinstance(event, GateChecked):
            self._out(gate_command.as_text(event.result) + "\n")
        elif isinstance(event, PassagesChosen):
            found = ", ".join(passage.id for passage in event.passages) or "none"
            print(f"Policy passages: {found}. The model is thinking…", file=sys.stderr)
        elif isinstance(event, Wrote):
            self._head(event.piece.where)
            self._out(event.piece.text)
        elif isinstance(event, Finished):
            self._finish(event.outcome)

    def _finish(self, outcome: SuggestionOutcome) -> None:
        for reason in outcome.discarded:
            print(f"The model's answer is not shown: {reason}.", file=sys.stderr)
        for heading, text in outcome.handoff.items():
            self._head(heading)
            self._out(text + "\n")
        if outcome.rubric is not None:
            self._out(f"\n\nRubric: {outcome.rubric.total:.0f} of 100. A draft for a professional to decide on.")
        self._out("\n")
        if outcome.failures:
            print(f"The answer does not keep its form: {'; '.join(outcome.failures)}.", file=sys.stderr)
        if outcome.ended != "no model":
            print(f"{outcome.tokens} tokens in {outcome.seconds:.1f} s.", file=sys.stderr)

    def _head(self, where: str) -> None:
        if where != self._where:
            self._where = where
            title = "Reasoning" if where == "reasoning" else where
            self._out(f"{'' if self._ends_line else chr(10)}\n{title}\n{'-' * len(title)}\n")

    def _out(self, text: str) -> None:
        if text and not self._is_quiet:
            self._ends_line = text.endswith("\n")
            print(text, end="", flush=True)


@contextmanager
def _cancel_on_interrupt() -> Iterator[CancelToken]:
    """The first Ctrl+C asks the model to stop; a second one ends the program the usual way."""
    cancel = CancelToken()

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        if cancel.is_cancelled:
            raise KeyboardInterrupt
        cancel.cancel()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
