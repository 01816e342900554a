# SPDX-License-Identifier: Apache-2.0
"""One answer read against one report: the texts, sentences, people and ties that the items ask about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache, wraps
from typing import Any, TypeVar

from trainer.practice.case import Case
from trainer.practice.citations import Passage
from trainer.practice.contract import Answer
from trainer.practice.rubric.lexicon import ANY_CASE, COERCION, CONDITION, NEGATION, PROMISED_ACT, STEP
from trainer.practice.rubric.wording import fact_stems, sentences, without_quotations

Found = TypeVar("Found")
_TOGETHER = re.compile(r"\b(Student|Staff)s ([A-Z])((?:, [A-Z])*),? (and|or) ([A-Z])\b")
_ROOM = re.compile(r"\broom \d{1,3}\b")
_LETTERED = re.compile(r"\b(?:Student|Staff) [A-Z]\b")
_SIDE_WORDS = {
    "harmed": r"(?:student|person|child|pupil|one|side) (?:who|that) (?:was|were|has been|got|is) (?:harmed"
    r"|hurt|affected)"
    r"|(?:harmed|affected) (?:student|person|child|side|party)|person harmed|student harmed",
    "caused": r"(?:student|person|child|pupil|one|side) (?:who|that) (?:caused|did) (?:the |this |it|harm)\w*"
    r"|(?:responsible) (?:student|person|child|side|party)",
}
_ROLES = {"harmed": ("harmed", "both"), "caused": ("caused_harm", "both")}


class Reading:
    """`level` is the gold level or None; the form due follows from it, or from the answer where it is None."""

    def __init__(self, case: Case, passages: Sequence[Passage], level: str | None, answer: Answer) -> None:
        self.case, self.passages, self.level, self.answer = case, tuple(passages), level, answer
        self._texts: dict[str, str] = {}
        self.found: dict[Callable[[Reading], Any], Any] = {}
        self._sentences: dict[tuple[str, ...], list[str]] = {}

    @cached_property
    def form_due(self) -> str:
        if self.level is None:
            return self.answer.form or "full"
        return "handoff" if self.level in ("STOP", "HOLD") else "full"

    @cached_property
    def report(self) -> str:
        """Everything the report says, the place and the people among it."""
        accounts = [f"{a.party}: {a.text}" for a in self.case.accounts]
        people = [p.name for p in self.case.parties]
        return "\n".join([self.case.narrative, *accounts, self.case.location or "", *people])

    @cached_property
    def report_lower(self) -> str:
        return " ".join(self.report.lower().split())

    @cached_property
    def facts(self) -> frozenset[str]:
        return _facts_of(self.report)

    def ties(self, text: str) -> set[str]:
        """Stems that `text` shares with the report; only particular words count (`wording.fact_stems`)."""
        rooms = {room for room in _ROOM.findall(text.lower()) if room in self.report_lower}
        return set(fact_stems(text) & self.facts) | rooms

    def text(self, *headings: str) -> str:
        """The texts under `headings`, "Students A and B" written out as two people."""
        return "\n".join(self._section(heading) for heading in headings).strip()

    def _section(self, heading: str) -> str:
        if heading not in self._texts:
            self._texts[heading] = _TOGETHER.sub(_apart, self.answer.sections.get(heading, ""))
        return self._texts[heading]

    @cached_property
    def reasoning(self) -> str:
        return _TOGETHER.sub(_apart, self.answer.reasoning)

    @cached_property
    def body(self) -> str:
        return self.text(*self.answer.sections)

    @cached_property
    def own_body(self) -> str:
        """The sections without "Do not" and without quotations: what the answer itself proposes."""
        return without_quotations(self.text(*(h for h in self.answer.sections if h != "Do not")))

    @cached_property
    def own_sentences(self) -> list[str]:
        return sentences(self.own_body)

    def sentences(self, *headings: str) -> list[str]:
        if headings not in self._sentences:
            self._sentences[headings] = sentences(self.text(*headings))
        return self._sentences[headings]

    @cached_property
    def forced(self) -> str:
        """The sentence that makes someone attend or apologise ("" when none does)."""
        for sentence in self.own_sentences:
            found = COERCION.search(sentence)
            if found and not NEGATION.search(sentence[max(0, found.start() - 40) : found.end()]):
                return sentence
            if PROMISED_ACT.search(sentence) and not CONDITION.search(sentence):
                return sentence
        return ""

    @cached_property
    def questions(self) -> list[str]:
        return [s.rpartition(":")[2].strip(' "“”') for s in self.sentences("Preparation and questions") if "?" in s]

    def people(self, side: str) -> list[re.Pattern[str]]:
        """One pattern for each person of a side ("harmed" or "caused"); role phrases where no party is entered."""
        return [_person(name, side) for name in self._names(side)] or [_person("", side)]

    def _names(self, side: str) -> list[str]:
        parties = self.case.parties
        found = [p.name for p in parties if p.role in _ROLES[side]]
        if not found and side == "harmed":
            found = [p.name for p in parties if p.role == "affected"] or [p.name for p in parties if p.role == "staff"]
        return found

    def names_side(self, text: str, side: str) -> bool:
        return any(person.search(text) for person in self.people(side))

    @cached_property
    def anyone(self) -> re.Pattern[str]:
        """Any person of the case, or a role phrase."""
        names = [re.escape(p.name) for p in self.case.parties]
        words = [*names, *_SIDE_WORDS.values(), r"both students", r"each student", r"(?:Student|Staff) [A-Z]"]
        return re.compile(r"\b(?:" + "|".join(words) + r")\b", ANY_CASE)

    @cached_property
    def strangers(self) -> set[str]:
        """Lettered people of the answer ("Student D") that the report does not know."""
        known = set(_LETTERED.findall(_TOGETHER.sub(_apart, self.report)))
        return set(_LETTERED.findall(self.reasoning + "\n" + self.body)) - known

    def step_of(self, text: str) -> str:
        """The first step of the continuum that `text` names ("" for none)."""
        return next(iter(self.steps(text)), "")

    def steps(self, text: str) -> dict[str, str]:
        """Steps of the continuum named in `text`, in order of mention, each with the words that name it."""
        found: dict[str, str] = {}
        for match in STEP.finditer(text):
            found.setdefault(str(match.lastgroup).replace("_", " "), match.group(0))
        return found


def once(find: Callable[[Reading], Found]) -> Callable[[Reading], Found]:
    """Decorator: what `find` says of a reading is worked out once and kept with the reading."""

    @wraps(find)
    def remembered(r: Reading) -> Found:
        if find not in r.found:
            r.found[find] = find(r)
        found: Found = r.found[find]
        return found

    return remembered


def first(texts: Sequence[str], test: Callable[[str], object]) -> str:
    """The first of `texts` that `test` holds for, "" when there is none."""
    return next((text for text in texts if test(text)), "")


def _apart(match: re.Match[str]) -> str:
    role, middle = match.group(1), re.findall("[A-Z]", match.group(3))
    people = [f"{role} {letter}" for letter in (match.group(2), *middle)]
    return f"{', '.join(people)} {match.group(4)} {role} {match.group(5)}"


@lru_cache(maxsize=512)
def _facts_of(report: str) -> frozenset[str]:
    return fact_stems(report)


@lru_cache(maxsize=512)
def _person(name: str, side: str) -> re.Pattern[str]:
    own = [re.escape(name) if name else r"(?:Student|Staff) [A-Z]"]
    return re.compile(r"\b(?:" + "|".join([*own, _SIDE_WORDS[side]]) + r")\b", ANY_CASE)
