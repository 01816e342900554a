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

from trainer.practice.citations import Passage
from trainer.practice.generator import Banks, Draft
from trainer.practice.rubric.wording import sentences

STRANGE_PLACE, STRANGE_THING, CHANGED_REPORT, CHANGED_POLICY = 0.5, 0.6, 0.6, 0.8
REPORT_WORDS, POLICY_WORDS, CUE_WORDS = 0.3, 0.35, 0.15
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
NO_CONCERN = "NONE"
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
        texts = [line for bank in banks.categories.values() for event in bank["event"] for line in event["sentences"]]
        texts += [
            line
            for bank in banks.categories.values()
            for value in bank.values()
            if isinstance(value, list)
            for line in value
            if isinstance(line, str)
        ]
        self.words = sorted({word for text in texts for word in _WORD.findall(re.sub(r"\{\w+\}", "", text))})

    def slots(self, slots: dict[str, str], rng: random.Random) -> None:
        """Now and then a place and a thing that no bank holds."""
        if rng.random() < STRANGE_PLACE:
            bare = " ".join(rng.sample(self.words, rng.choice((1, 1, 2)))) + " " + rng.choice(ROOMS)
            preposition = slots["in_place"].split()[0]
            slots |= {"place": f"the {bare}", "place_bare": bare, "in_place": f"{preposition} the {bare}"}
        if slots["thing"] and rng.random() < STRANGE_THING:
            slots["thing"] = " ".join(rng.sample(self.words, rng.choice((1, 2, 2))))

    def sentences(self, draft: Draft, rng: random.Random) -> Draft:
        """The same draft with words exchanged in the sentences of its event (not in gated ones)."""
        if draft.scenario.gold.level in ("STOP", "HOLD") or rng.random() > CHANGED_REPORT:
            return draft
        kept = set(_WORD.findall(" ".join(draft.slots.values()).lower()))
        narrative, changed = draft.scenario.case.narrative, []
        for sentence in draft.sentences:
            changed.append(self._exchanged(sentence, kept, REPORT_WORDS, rng))
            narrative = narrative.replace(sentence, changed[-1])
        case = replace(draft.scenario.case, narrative=narrative)
        return replace(draft, scenario=replace(draft.scenario, case=case), sentences=tuple(changed))

    def with_cue(self, draft: Draft, rng: random.Random) -> tuple[Draft, str | None]:
        """A harmless draft with one sentence more, and the code of the concern that it raises (None: none).

        One sentence decides, in a report that is otherwise the same: so it is that sentence that has to be read.
        """
        cues = self.cues[draft.slots["B"].startswith("Student")]
        concerns = [code for code in cues if code != NO_CONCERN]
        code = rng.choice([*concerns, *[NO_CONCERN] * len(concerns)])
        line = rng.choice(cues[code])
        case = draft.scenario.case
        lines = sentences(case.narrative)
        lines.insert(rng.randint(1, len(lines)), line.format(**draft.slots))
        case = replace(case, narrative=" ".join(lines))
        changed = replace(draft, scenario=replace(draft.scenario, case=case))
        return changed, None if code == NO_CONCERN else code

    def company(self, draft: Draft, harmless: list[str], rng: random.Random) -> Draft:
        """The same draft with sentences of harmless reports around its own, and other words here and there.

        Whole reports are learnt by heart; what makes a report a grave one has to be found among what does not.
        """
        case = draft.scenario.case
        lines = sentences(case.narrative)
        if draft.scenario.gold.level in ("STOP", "HOLD") and rng.random() < CHANGED_REPORT:
            kept = set(_WORD.findall(" ".join(draft.slots.values()).lower()))
            lines = [self._exchanged(line, kept, CUE_WORDS, rng) for line in lines]
        for line in rng.sample(harmless, min(len(harmless), rng.choice((0, 1, 2, 3)))):
            lines.insert(rng.randint(0, len(lines)), line)
        case = replace(case, narrative=" ".join(lines))
        return replace(draft, scenario=replace(draft.scenario, case=case))

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
            return word if word in kept or rng.random() > share else rng.choice(self.words)

        return _WORD.sub(other, text)
