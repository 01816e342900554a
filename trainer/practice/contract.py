# SPDX-License-Identifier: Apache-2.0
"""The answer's contract: two forms, one strict parser, and one parser that follows a stream.

Full form: `<reasoning>` of 40 to 220 words, then eight headings, once each, in order, 120 to 450 words together.
Hand-off form (a STOP or HOLD concern): `<reasoning>` of 20 to 120 words, then six headings, 60 to 180 words together.
A heading is a line of its own: `## Safety check`. Reasoning and headings are not counted with the sections.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

REASONING_OPEN = "<reasoning>"
REASONING_CLOSE = "</reasoning>"

FULL_HEADINGS = (
    "Safety check",
    "What is known",
    "Who is affected and what they need",
    "Suggested response and why",
    "Preparation and questions",
    "Repair to be agreed",
    "Support and follow-up",
    "Policy used",
)
HANDOFF_HEADINGS = (
    "Concern seen",
    "First actions now",
    "Do not",
    "Who decides",
    "Support meanwhile",
    "When a restorative step could be reconsidered",
)
ALL_HEADINGS = FULL_HEADINGS + HANDOFF_HEADINGS
#: Words of (reasoning, sections together): lowest and highest that are valid, per form.
WORD_LIMITS = {"full": ((40, 220), (120, 450)), "handoff": ((20, 120), (60, 180))}

_HEADING_LINE = re.compile(r"^[ \t]*##[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_LEAK = re.compile(r"<\|[a-z_]+\|>|\[INST\]|<</?SYS>>", re.IGNORECASE)


def count_words(text: str) -> int:
    """Number of words in `text` (letters or digits, inner apostrophes and hyphens belong to a word)."""
    return sum(1 for _ in _WORD.finditer(text))


@dataclass(frozen=True)
class Answer:
    """A parsed answer; `failures` is empty exactly when the answer is valid.

    `form` is the form whose headings the answer uses (the one with more of them), "" when it uses none.
    `sections` holds the texts found under known headings even when the answer is not valid.
    """

    form: str
    reasoning: str
    sections: dict[str, str] = field(default_factory=dict)
    failures: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.failures

    @property
    def body(self) -> str:
        """The sections' texts together, without headings and reasoning."""
        return "\n\n".join(text for text in self.sections.values() if text)


def parse(untrusted_text: str) -> Answer:
    """Parse a whole answer of either form; every failure is named, in the order in which it was found."""
    failures: list[str] = []
    reasoning, rest = _split_reasoning(untrusted_text, failures)
    found = [(m.group(1), m.start(), m.end()) for m in _HEADING_LINE.finditer(rest)]
    form = _form_of([name for name, _, _ in found])
    if not form:
        failures.append("none of the contract's headings is there")
        return Answer("", reasoning, {}, tuple(failures))
    sections = _sections(rest, found, form, failures)
    _check_words(form, reasoning, sections, failures)
    if _LEAK.search(untrusted_text):
        failures.append("a piece of the prompt's format stands in the answer")
    return Answer(form, reasoning, sections, tuple(failures))


def _split_reasoning(text: str, failures: list[str]) -> tuple[str, str]:
    opened, closed = text.count(REASONING_OPEN), text.count(REASONING_CLOSE)
    if opened != 1 or closed != 1:
        failures.append("the reasoning must be opened once and closed once")
    start, end = text.find(REASONING_OPEN), text.find(REASONING_CLOSE)
    if start < 0 or end < start:
        return "", text if start < 0 else text[:start] + "\n" + text[start + len(REASONING_OPEN) :]
    if text[:start].strip():
        failures.append("there is text before the reasoning")
    return text[start + len(REASONING_OPEN) : end].strip(), text[end + len(REASONING_CLOSE) :]


def _form_of(names: list[str]) -> str:
    full = sum(name in FULL_HEADINGS for name in names)
    handoff = sum(name in HANDOFF_HEADINGS for name in names)
    if not full and not handoff:
        return ""
    return "handoff" if handoff > full else "full"


def _sections(rest: str, found: list[tuple[str, int, int]], form: str, failures: list[str]) -> dict[str, str]:
    wanted = FULL_HEADINGS if form == "full" else HANDOFF_HEADINGS
    if found and rest[: found[0][1]].strip():
        failures.append("there is text between the reasoning and the first heading")
    sections: dict[str, str] = {}
    for index, (name, _, end) in enumerate(found):
        stop = found[index + 1][1] if index + 1 < len(found) else len(rest)
        if name not in wanted:
            failures.append("a heading is not one of the form's headings")
        elif name in sections:
            failures.append(f"the heading “{name}” stands twice")
        else:
            sections[name] = rest[end:stop].strip()
    missing = [name for name in wanted if name not in sections]
    failures.extend(f"the heading “{name}” is missing" for name in missing)
    if not missing and list(sections) != list(wanted):
        failures.append("the headings are not in the contract's order")
    failures.extend(f"nothing stands under “{name}”" for name, text in sections.items() if not text)
    return sections


def _check_words(form: str, reasoning: str, sections: dict[str, str], failures: list[str]) -> None:
    (low, high), (body_low, body_high) = WORD_LIMITS[form]
    words = count_words(reasoning)
    if not low <= words <= high:
        failures.append(f"the reasoning has {words} words and must have {low} to {high}")
    words = sum(count_words(text) for text in sections.values())
    if not body_low <= words <= body_high:
        failures.append(f"the sections have {words} words and must have {body_low} to {body_high}")


@dataclass(frozen=True)
class Piece:
    """New text of a streaming answer: `where` is "reasoning" or a heading of the contract."""

    where: str
    text: str


class StreamParser:
    """Follows an answer while it is written; `feed` returns the new pieces, each with the place it belongs to.

    Holds back at most the last incomplete line (a heading is only known at its end) or the start of a tag.
    Unknown headings stay part of the section before them; `parse` on the whole text decides what is valid.
    """

    def __init__(self) -> None:
        self._buffer = ""
        self._where = ""
        self._at_line_start = True
        self.text = ""

    def feed(self, chunk: str) -> list[Piece]:
        self.text += chunk
        self._buffer += chunk
        return self._drain(final=False)

    def finish(self) -> list[Piece]:
        return self._drain(final=True)

    def _drain(self, *, final: bool) -> list[Piece]:
        pieces: list[Piece] = []
        while self._buffer:
            before = len(self._buffer)
            self._step(pieces, final)
            if len(self._buffer) == before:
                break
        return pieces

    def _step(self, pieces: list[Piece], final: bool) -> None:
        if self._where == "reasoning":
            self._step_reasoning(pieces, final)
            return
        line, newline, rest = self._buffer.partition("\n")
        if not self._where and line.lstrip().startswith(REASONING_OPEN):
            self._buffer = self._buffer.lstrip()[len(REASONING_OPEN) :]
            self._where = "reasoning"
            return
        if self._at_line_start and not newline and not final and self._may_be_special(line):
            return
        heading = _HEADING_LINE.match(line) if self._at_line_start else None
        if heading and heading.group(1) in ALL_HEADINGS:
            self._where = heading.group(1)
        elif self._where in ALL_HEADINGS:
            pieces.append(Piece(self._where, line + newline))
        self._at_line_start = bool(newline)
        self._buffer = rest

    def _may_be_special(self, line: str) -> bool:
        stripped = line.lstrip()
        return not stripped or stripped.startswith("#") or REASONING_OPEN.startswith(stripped)

    def _step_reasoning(self, pieces: list[Piece], final: bool) -> None:
        text, tag, rest = self._buffer.partition(REASONING_CLOSE)
        if tag:
            pieces.append(Piece("reasoning", text))
            self._buffer, self._where = rest, "after"
            return
        keep = 0 if final else _overlap(text, REASONING_CLOSE)
        if len(text) > keep:
            pieces.append(Piece("reasoning", text[: len(text) - keep]))
            self._buffer = text[len(text) - keep :]


def _overlap(text: str, tag: str) -> int:
    for size in range(min(len(tag) - 1, len(text)), 0, -1):
        if text.endswith(tag[:size]):
            return size
    return 0
