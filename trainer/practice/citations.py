# SPDX-License-Identifier: Apache-2.0
"""Policy documents become passages with stable ids; citations in an answer are checked against them.

A citation is written `[id] "quotation"`. It counts only when its id was given to the model and the quotation is
found in that passage: some window of the passage of the quotation's length has a token F1 of at least 0.8, and the
quotation has at least five content words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

MIN_CONTENT_WORDS = 5
MIN_TOKEN_F1 = 0.8
MAX_PASSAGE_WORDS = 90

NOT_COVERED = re.compile(
    r"\b(?:polic(?:y|ies)|passages?)\b[^.]{0,60}\b(?:do(?:es)? not|don't|doesn't)\b[^.]{0,20}"
    r"\b(?:cover|address|mention|speak|say)"
    r"|\bno (?:given |loaded |school )?(?:polic(?:y|ies)|passage)\b[^.]{0,40}"
    r"\b(?:covers?|applies|apply|addresses|fits)",
    re.IGNORECASE,
)
_CITATION = re.compile(r"\[([A-Za-z0-9][A-Za-z0-9._-]{0,40})\]\s*[:,]?\s*(?:[\"“]([^\"”]{1,600})[\"”])?")
_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_MARKDOWN_HEADING = re.compile(r"^(#{1,4})\s+(.*\S)\s*$")
_NUMBER = re.compile(r"^(\d+(?:\.\d+)*)[.)]?\s+(.*)$")
_STOPWORDS = frozenset(
    "a an and are as at be been before by can could did do does each for from had has have he her his how if in into"
    " is it its may must no not of on or our she should so some such than that the their them then there these they"
    " this those to under until up was we were what when where which while who will with would you your".split()
)


@dataclass(frozen=True)
class Passage:
    """One citable piece of a policy. `id` is `<document>-<section>`, for example `conduct-3.2`."""

    id: str
    heading: str
    text: str


@dataclass(frozen=True)
class Citation:
    """A citation found in an answer; `quotation` is "" when none was given."""

    id: str
    quotation: str


def content_words(text: str) -> list[str]:
    """Lower-case words of `text` that are not stopwords, in order."""
    return [word for word in _tokens(text) if word not in _STOPWORDS and len(word) > 1]


def find_citations(text: str) -> list[Citation]:
    """All citations of `text`, in order."""
    return [Citation(m.group(1), (m.group(2) or "").strip()) for m in _CITATION.finditer(text)]


def is_supported(citation: Citation, passages: Sequence[Passage]) -> bool:
    """True when the id was given and the quotation stands in that passage (module docstring)."""
    passage = next((p for p in passages if p.id == citation.id), None)
    if passage is None or len(content_words(citation.quotation)) < MIN_CONTENT_WORDS:
        return False
    return _best_window_f1(_tokens(citation.quotation), _tokens(passage.text)) >= MIN_TOKEN_F1


def says_not_covered(text: str) -> bool:
    """True when `text` says that the policies do not cover the matter."""
    return bool(NOT_COVERED.search(text))


def split_policy(document: str, markdown: str) -> list[Passage]:
    """Split a policy in Markdown into passages; ids follow the section numbers, or the order where there are none.

    `document` is the short name that every id starts with (lower case letters, digits and hyphens).
    """
    passages: list[Passage] = []
    numbers: Counter[str] = Counter()
    for number, heading, body in _sections(markdown):
        for part, text in enumerate(_parts(body)):
            numbers[number] += 1
            suffix = "" if numbers[number] == 1 else chr(ord("a") + part)
            passages.append(Passage(f"{document}-{number}{suffix}", heading, text))
    return passages


def _sections(markdown: str) -> list[tuple[str, str, str]]:
    sections: list[tuple[str, str, list[str]]] = []
    for line in markdown.splitlines():
        match = _MARKDOWN_HEADING.match(line)
        if match:
            numbered = _NUMBER.match(match.group(2))
            number = numbered.group(1) if numbered else str(len(sections))
            sections.append((number, numbered.group(2) if numbered else match.group(2), []))
        elif line.strip():
            if not sections:
                sections.append(("0", "", []))
            sections[-1][2].append(line.strip())
    return [(number, heading, " ".join(lines)) for number, heading, lines in sections if lines]


def _parts(body: str) -> list[str]:
    parts: list[str] = []
    current: list[str] = []
    words = 0
    for sentence in re.split(r"(?<=[.!?])\s+", body):
        size = len(sentence.split())
        if current and words + size > MAX_PASSAGE_WORDS:
            parts.append(" ".join(current))
            current, words = [], 0
        current.append(sentence)
        words += size
    return [*parts, " ".join(current)]


def _tokens(text: str) -> list[str]:
    return [match.group(0).lower().replace("’", "'") for match in _TOKEN.finditer(text)]


def _best_window_f1(quotation: list[str], passage: list[str]) -> float:
    size = len(quotation)
    if not size or not passage:
        return 0.0
    wanted, best = Counter(quotation), 0.0
    for start in range(max(1, len(passage) - size + 1)):
        window = passage[start : start + size]
        overlap = sum((wanted & Counter(window)).values())
        best = max(best, 2 * overlap / (size + len(window)))
    return best
