# SPDX-License-Identifier: Apache-2.0
"""Places, things and times that an answer names, checked against the report.

The lexicon is made of the scenario banks. A thing that the banks themselves use in general phrases ("a sign that ends
a quarrel") is not a particular of an incident and is not counted, neither for nor against. A mention whose modifier is
not the report's ("the blue pencil case" for the red one) is wrong; leaving the modifier out is not.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from second_words import report_text, telling_stems

from trainer.practice.case import Case
from trainer.practice.contract import parse
from trainer.practice.scenario import Gold

BANKS = Path(__file__).resolve().parents[2] / "assets" / "practice" / "scenarios"
PHRASE_LISTS = ("harms", "harmed_needs", "caused_needs", "wider", "repairs", "questions_harmed", "questions_caused",
                "unknowns", "skills", "settings", "causes")
#: Only here does a time belong to the incident; elsewhere it is a date of the plan.
TIME_SECTIONS = ("What is known", "Concern seen")
#: Here a plan may bring in things of its own ("a labeled tray"); only with an article that points back do they count.
PLAN_SECTIONS = ("Suggested response and why", "Preparation and questions", "Repair to be agreed",
                 "Support and follow-up", "First actions now", "Support meanwhile")
_CITED = re.compile(r"\[[A-Za-z0-9][A-Za-z0-9._-]*\]\s*[:,]?\s*[\"“][^\"”]*[\"”]")
_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_TIMES = re.compile(
    rf"\b(?P<ahead>(?:by|until|next|every|each|from|starting|this coming|before|after) (?:the )?)?(?P<day>(?:last "
    rf")?{_DAY}s?)\b"
    r"|\b(?P<past>yesterday|this morning|last (?:night|week|month|year)|\d{1,2}:\d{2}|\w+ (?:days|weeks|months) ago)\b"
    r"|\b(?P<period>(?:first|second|third|fourth|fifth|sixth|seventh|eighth) period)\b", re.IGNORECASE)
_WHEN = rf"(?:(?:on |last )?{_DAY}|yesterday|today|this morning)"
_OTHER_WORDS = "at during before after between in on by last this yesterday today was were is and but that to"
_WORD = rf"(?!(?:{_OTHER_WORDS.replace(' ', '|')})\b)[a-z'-]+"
_MOMENT = rf"(?:at|during|before|after|between) (?:{_WORD} ){{0,3}}?{_WORD}"
#: A time of day beside a day, in words that need not be in any list: where two times were blended into one.
_BESIDE_A_DAY = re.compile(rf"\b(?:(?P<before>{_MOMENT}) {_WHEN}\b|{_WHEN} (?P<after>{_MOMENT})(?=[.,;:]|$))")
#: These stand before a thing in a plan ("a new pencil case") or say what was done with it; they are passed over.
_PASSED_OVER = frozenset({"new", "borrowed"})


@dataclass(frozen=True)
class Lexicon:
    """`heads` maps a first word to the places and things that start with it (longest first, in words)."""

    heads: dict[str, list[tuple[str, ...]]]
    moments: re.Pattern[str]
    modifiers: frozenset[str]
    telling_modifiers: frozenset[str]
    generic: frozenset[str]
    neutral: frozenset[str]


@dataclass(frozen=True)
class Mention:
    """One particular that an answer names, and whether the report says so."""

    kind: str
    words: str
    is_right: bool


def particulars(case: Case, gold: Gold, text: str) -> tuple[int, int]:
    """(right, wrong) mentions of places, things and times in an answer."""
    found = mentions(case, gold, text)
    right = sum(one.is_right for one in found)
    return right, len(found) - right


def mentions(case: Case, gold: Gold, text: str) -> list[Mention]:
    """Every particular that the answer names, once however often it names it (a loop would count a hundred times)."""
    del gold  # the report itself decides: gold knows three particulars, a report may hold more
    answer = parse(text)
    report = _plain(report_text(case))
    parts = {"": answer.reasoning if answer.sections else text, **answer.sections}
    found: list[Mention] = []
    for name, body in parts.items():
        said = _plain(_CITED.sub(" ", body))
        if name != "Policy used":
            found += _heads(said, report, is_plan=name in PLAN_SECTIONS)
        if name in ("", *TIME_SECTIONS):
            found += _times(said, report)
    return list(dict.fromkeys(found))


@cache
def lexicon() -> Lexicon:
    """The words of the banks, read once."""
    banks = [tomllib.loads(path.read_text("utf-8")) for path in sorted(BANKS.glob("[0-9]*.toml"))]
    held_out = tomllib.loads((BANKS / "events_held_out.toml").read_text("utf-8"))["event"]
    events = [*held_out, *(event for bank in banks for event in bank["event"])]
    frames = tomllib.loads((BANKS / "_frames.toml").read_text("utf-8"))
    general = _plain(" ".join(phrase for bank in banks for name in PHRASE_LISTS for phrase in bank[name]))
    general += " " + _plain(" ".join(need["word"] for need in frames["need"]))
    things = {_plain(thing) for event in events for thing in event["things"]}
    places = {_plain(base) for kind in frames["place_kind"] for base in kind["bases"] if not kind.get("bare")}
    neutral = {_plain(role) for role in frames["words"]["staff_roles"]}
    modifiers = frozenset({*frames["words"]["place_modifiers"], *frames["words"]["thing_modifiers"]})
    return Lexicon(
        heads=_by_first_word(things | places | neutral),
        moments=re.compile(rf"\b(?:{'|'.join(re.escape(_plain(moment)) for moment in frames['words']['moments'])})\b"),
        modifiers=modifiers - _PASSED_OVER,
        telling_modifiers=frozenset(word for word in modifiers - _PASSED_OVER if not _holds(general, word)),
        generic=frozenset(head for head in things | places if _holds(general, head)),
        neutral=frozenset(neutral),
    )


def _by_first_word(heads: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
    index: dict[str, list[tuple[str, ...]]] = {}
    for head in heads:
        first, *rest = head.split()
        index.setdefault(first if rest else _singular(first), []).append((first, *rest))
    return {first: sorted(found, key=len, reverse=True) for first, found in index.items()}


def _heads(said: str, report: str, *, is_plan: bool) -> Iterator[Mention]:
    """Walks over the words; a head takes the modifiers before it along."""
    known = lexicon()
    for segment in re.split(r"[^\w' -]+", said):
        tokens, position, before = segment.split(), 0, list[str]()
        while position < len(tokens):
            head = _head_at(tokens, position)
            start = position - len(before)
            is_new = is_plan and start > 0 and tokens[start - 1] in ("a", "an", "another", "any", "some")
            if head and not is_new:
                yield from _mention(" ".join(head), before, report)
            elif before and not head and not is_new:
                yield from _broken_copy(before[-1], tokens[position], report)
            is_modifier = not head and tokens[position] in known.modifiers
            before = [*before, tokens[position]] if is_modifier else []
            position += len(head) or 1


def _head_at(tokens: list[str], position: int) -> tuple[str, ...]:
    """The longest place or thing that starts at `position`, () when none does; its last word may be a plural."""
    first = tokens[position]
    if first == "room" and position + 1 < len(tokens) and tokens[position + 1].isdigit():
        return (first, tokens[position + 1])
    index = lexicon().heads
    for head in [*index.get(first, ()), *(index.get(_singular(first), ()) if _singular(first) != first else ())]:
        found = tuple(tokens[position:position + len(head)])
        if found[:-1] == head[:-1] and len(found) == len(head) and _singular(found[-1]) == _singular(head[-1]):
            return head
    return ()


def _mention(head: str, before: list[str], report: str) -> Iterator[Mention]:
    known = lexicon()
    is_general = head in known.generic and not set(before) & known.telling_modifiers
    if head not in known.neutral and not is_general:
        phrase = " ".join([*before, head])
        yield Mention("place or thing", phrase, _holds(report, phrase))


def _broken_copy(modifier: str, following: str, report: str) -> Iterator[Mention]:
    """The report's modifier before a noun that stands there neither in the report nor in a list: a copy gone wrong."""
    known = lexicon()
    is_noun = bool(telling_stems(following)) and following not in known.modifiers
    phrase = f"{modifier} {following}"
    if modifier in known.telling_modifiers and is_noun and _holds(report, modifier) and not _holds(report, phrase):
        yield Mention("broken copy", phrase, False)


def _singular(word: str) -> str:
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _times(when: str, report: str) -> Iterator[Mention]:
    for match in _TIMES.finditer(when):
        if match["ahead"]:
            continue
        phrase = match["day"] or match["past"] or match["period"]
        yield Mention("time", phrase, _holds(report, phrase))
    for match in lexicon().moments.finditer(when):
        if not _TIMES.search(match[0]):
            yield Mention("time", match[0], _holds(report, match[0]))
    for match in _BESIDE_A_DAY.finditer(when):
        phrase = match["before"] or match["after"]
        words = phrase.split()
        is_counted = _TIMES.search(phrase) or lexicon().moments.search(phrase)
        if not is_counted and not any(_head_at(words, start) for start in range(1, len(words))):
            yield Mention("time", phrase, _holds(report, phrase))


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def _holds(text: str, phrase: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(phrase)}(?:s|es)?(?![\w-])", text))


def tally(counts: Iterable[tuple[int, int]]) -> float:
    """Right among all that were named, in percent; 100 when nothing was named."""
    pairs = list(counts)
    right, wrong = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    return 100.0 * right / (right + wrong) if right + wrong else 100.0
