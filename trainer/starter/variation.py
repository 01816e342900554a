# SPDX-License-Identifier: Apache-2.0
"""Makes the corpus impossible to learn by heart: strange places and things, words exchanged in reports and policies.

Context: a first starter saw every event of the banks about a hundred times and recited them. Its answers were right
for training families (88 % of copied words) and wrong for held-out ones (66 %). Choice: in a share of the documents a
word is exchanged for any other word of the banks, in the report and wherever the answer repeats it, so that the only
way to be right is to look back. Reports of gated events keep most of their words: the words are the cue.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from trainer.practice.citations import Passage
from trainer.practice.generator import Banks, Draft, entered_severity
from trainer.practice.rubric.wording import sentences

STRANGE_PLACE, STRANGE_THING, CHANGED_REPORT, CHANGED_POLICY = 0.4, 0.5, 0.4, 0.4
REPORT_WORDS, POLICY_WORDS = 0.25, 0.25
#: Share of cues in harmless reports that raise a concern, and of cues that stand in place of the event.
CONCERN_SHARE, ALONE = 0.1, 0.6
#: Share of them in which nothing is said and only the form's field tells that somebody refuses to meet.
TICKED = 0.05
#: How severe a report is that a grave cue was put into.
GRAVE_SEVERITIES = (2, 3, 3, 4)
#: Share of reports from which words are left out, and which share of their words.
THINNED, LEFT_OUT = 0.5, (0.05, 0.35)
#: Share of the strange words that the banks hold.
KNOWN = 0.5
ROOMS = (
    "room",
    "area",
    "corner",
    "hall",
    "yard",
    "desk",
    "shelf",
    "court",
    "lab",
    "entrance",
    "stairs",
    "table",
    "field",
)
NO_CONCERN, UNWILLING = "NONE", "VOLU"
_WORD = re.compile(r"\b[a-z]{4,}\b")


def load_cues() -> dict[str, list[str]]:
    """Cue sentences by code, out of the files in `cues` beside this one; `NO_CONCERN` holds the harmless ones."""
    found: dict[str, list[str]] = {}
    for path in sorted(Path(__file__).with_name("cues").glob("*.toml")):
        for code, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found.setdefault(code, []).extend(table["lines"])
    return found


class Variation:
    """Changes drafts and passages; every change is drawn from the generator that is handed in."""

    def __init__(self, banks: Banks) -> None:
        cues = load_cues()
        #: Cue sentences by code: those for any report, and those for a report without a second student.
        self.cues = {
            True: cues,
            False: {code: kept for code, lines in cues.items() if (kept := [x for x in lines if "{B}" not in x])},
        }
        self.words = _harmless_words(banks, cues)

    def slots(self, slots: dict[str, str], rng: random.Random) -> None:
        """Now and then a place and a thing that no bank holds."""
        if rng.random() < STRANGE_PLACE:
            bare = self._strange(rng.choice((1, 1, 2)), rng) + " " + rng.choice(ROOMS)
            preposition = slots["in_place"].split()[0]
            slots |= {"place": f"the {bare}", "place_bare": bare, "in_place": f"{preposition} the {bare}"}
        if slots["thing"] and rng.random() < STRANGE_THING:
            slots["thing"] = self._strange(rng.choice((1, 2, 2)), rng)

    def sentences(self, draft: Draft, rng: random.Random) -> Draft:
        """The same draft with words exchanged in the sentences of its event (not in gated ones)."""
        if draft.scenario.gold.level in ("STOP", "HOLD") or rng.random() > CHANGED_REPORT:
            return draft
        kept = set(_WORD.findall(" ".join(draft.slots.values()).lower()))
        narrative, changed = draft.scenario.case.narrative, []
        for sentence in draft.sentences:
            changed.append(self._exchanged(sentence, kept, REPORT_WORDS, rng))
            narrative = narrative.replace(sentence, changed[-1])
        return replace(_told(draft, narrative), sentences=tuple(changed))

    def with_cue(self, draft: Draft, rng: random.Random) -> tuple[Draft, str | None]:
        """A harmless draft with a cue beside its event or in place of it, and the code of the concern (None: none).

        The cue alone decides, in a report that is otherwise the same: so it is the cue that has to be read. A grave
        draft gets a grave cue in place of its event.
        """
        is_grave = draft.scenario.gold.level in ("STOP", "HOLD")
        if not is_grave and rng.random() < TICKED:
            person = rng.choice([p.name for p in draft.scenario.case.parties if p.role != "staff"])
            return _with_case(draft, willing={person: "no"}), UNWILLING
        cues = self.cues[draft.has_second_student]
        concerns = [code for code in cues if code != NO_CONCERN]
        code = rng.choice(concerns) if is_grave or rng.random() < CONCERN_SHARE else NO_CONCERN
        narrative = draft.scenario.case.narrative
        if is_grave or rng.random() < ALONE:
            for sentence in draft.sentences:
                narrative = narrative.replace(sentence, "")
        lines = sentences(narrative)
        lines.insert(rng.randint(min(1, len(lines)), len(lines)), rng.choice(cues[code]).format(**draft.slots))
        told = _told(draft, " ".join(lines))
        if code != NO_CONCERN and not is_grave:
            told = _with_case(told, severity=entered_severity(rng.choice(GRAVE_SEVERITIES), rng))
        return told, None if code == NO_CONCERN else code

    def thinned(self, draft: Draft, rng: random.Random) -> Draft:
        """Now and then the same draft with words left out of its report.

        A report is known again by any few of its words, and what is known again need not be read.
        """
        if rng.random() > THINNED:
            return draft
        share = rng.uniform(*LEFT_OUT)
        kept = [word for word in draft.scenario.case.narrative.split() if not word.islower() or rng.random() > share]
        return _told(draft, " ".join(kept))

    def company(self, draft: Draft, harmless: list[str], rng: random.Random) -> Draft:
        """The same draft with sentences of harmless reports around its own.

        Whole reports are learnt by heart; what makes a report a grave one has to be found among what does not.
        """
        lines = sentences(draft.scenario.case.narrative)
        for line in rng.sample(harmless, min(len(harmless), rng.choice((0, 1, 2, 3)))):
            lines.insert(rng.randint(0, len(lines)), line)
        return _told(draft, " ".join(lines))

    def passages(self, given: list[Passage], relevant: list[Passage], rng: random.Random) -> None:
        """Exchange words in some of the passages, in both lists alike."""
        for index, passage in enumerate(given):
            if rng.random() < CHANGED_POLICY:
                text = self._exchanged(passage.text, set(), POLICY_WORDS, rng)
                given[index] = replace(passage, text=text)
                relevant[:] = [given[index] if p is passage else p for p in relevant]

    def _exchanged(self, text: str, kept: set[str], share: float, rng: random.Random) -> str:
        def other(match: re.Match[str]) -> str:
            word = match.group(0)
            return word if word in kept or rng.random() > share else self._strange(1, rng)

        return _WORD.sub(other, text)

    def _strange(self, count: int, rng: random.Random) -> str:
        """Words that do not belong there: some of the banks, some that nobody has ever heard."""
        return " ".join(rng.choice(self.words) if rng.random() < KNOWN else self._unheard(rng) for _ in range(count))

    def _unheard(self, rng: random.Random) -> str:
        begin, end = rng.choice(self.words), rng.choice(self.words)
        return begin[: len(begin) // 2 + 1] + end[len(end) // 2 :]


def _harmless_words(banks: Banks, cues: dict[str, list[str]]) -> list[str]:
    """The words of the banks that stand in no grave report: any other would teach that grave words mean nothing."""
    grave = [line for code, lines in cues.items() if code != NO_CONCERN for line in lines]
    texts = list(cues[NO_CONCERN])
    for bank in banks.categories.values():
        for event in bank["event"]:
            (grave if event["level"] in ("STOP", "HOLD") else texts).extend(event["sentences"])
        texts += [line for value in bank.values() if isinstance(value, list) for line in value if isinstance(line, str)]
    return sorted(_words(texts) - _words(grave))


def _words(texts: list[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(re.sub(r"\{\w+\}", "", text))}


def _told(draft: Draft, narrative: str) -> Draft:
    return _with_case(draft, narrative=narrative)


def _with_case(draft: Draft, **fields: Any) -> Draft:
    return replace(draft, scenario=replace(draft.scenario, case=replace(draft.scenario.case, **fields)))
