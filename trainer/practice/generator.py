# SPDX-License-Identifier: Apache-2.0
"""Writes scenarios from the banks in `assets/practice/scenarios`: a seed gives the same scenarios on every machine.

Template families are split before anything is generated, by the letter behind the category's number: f is for
development, g and h are for testing, every other letter is for training, and of every list of frame sentences the last
eight are for testing and the three before for development. A test scenario is built from test events and test frames
only, so no sentence of it was ever seen in training; places, things and times are combined freely.
"""

from __future__ import annotations

import random
import re
import string
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.practice.case import Account, Case, Party
from trainer.practice.scenario import LEVELS, Gold, Scenario

SPLIT_OF_LETTER = {**dict.fromkeys(string.ascii_lowercase, "train"), "f": "dev", "g": "test", "h": "test"}
#: Gated events are drawn less often than the others of their category: about two scenarios in five are hand-offs.
GATED_WEIGHT = 0.4
#: Where one of these is the concern and no other student is named, the student is the one at risk and harmed nobody.
AT_RISK_ALONE = ("ABUSE", "MEDI", "STAF", "SUIC")
#: Categories whose "things" are messages, rumours or recordings: no colour or material is put before them.
WITHOUT_OBJECTS = (7, 8, 9, 10, 11, 18)
#: Share of the forms in which staff entered a severity, and of those that are one off, as first impressions are.
SEVERITY_ENTERED, SEVERITY_ONE_OFF = 0.7, 0.25
HELD_OUT = {"dev": 3, "test": 8}
#: The same for the few sentences of a need.
NEED_HELD_OUT = {"dev": 1, "test": 2}
#: Share of the reported refusals that also stand in the form's own field, as the form asks.
REFUSAL_ENTERED = 0.6
_REFUSES = re.compile(
    r"(?<!from )(?<!with )(?<!near )\{([AB])\}(?:[^{}]|\{S\}|\{in_place\}|\{time\}|(?<=from |with |near )\{[AB]\})*?"
    r"\b(?:refus\w+|declin\w+|turned down|asked not to|don't want|not sitting|will not do|wants? nothing to do"
    r"|(?:say|says|said) no (?:to|when|twice)|saying no|(?:does|do|did|would|will|is|am) not "
    r"(?:want|agree|willing|come|take part|sit|talk|speak|meet|ready|going|attend))\b",
    re.IGNORECASE,
)
#: Of the frames that say that somebody is not willing: those that deny the matter instead of refusing to meet.
_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied)|disput\w+|lie[sd]?|liar|lying|invent\w*|made up|innocent|mistaken|wrong|false|admit"
    r"|(?:not|never|none|nothing) (?:of (?:it|this) )?(?:is |was )?(?:me|there|true|happen\w*)|did(?: not|n't) do"
    r"|accus\w+|somebody else|another student|version|contradict\w*|account|facts|opposite)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?<!with )(?<!to )(?<!from )(?<!near )(?<!meet )(?<!meeting )(?<!If )\{([AB])\}")
#: Changes the words in a scenario's slots in place.
Vary = Callable[[dict[str, str], random.Random], None]


@dataclass(frozen=True)
class Banks:
    """The data files: `categories` by number (with their events), `frames` shared by all."""

    categories: dict[int, dict[str, Any]]
    frames: dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """A scenario with what it was made of: its category's bank, its event, and the words in its slots."""

    scenario: Scenario
    category: dict[str, Any]
    event: dict[str, Any]
    slots: dict[str, str]
    sentences: tuple[str, ...]

    @property
    def has_second_student(self) -> bool:
        """Whether the report is about two students; otherwise the slot B holds the member of staff."""
        return self.slots["B"].startswith("Student")


def load_banks(folder: Path) -> Banks:
    """Read the banks of `assets/practice/scenarios`; raises `FileNotFoundError` when the folder holds none."""
    categories = {}
    for path in sorted(folder.glob("[0-9]*.toml")):
        bank = tomllib.loads(path.read_text(encoding="utf-8"))
        categories[bank["category"]] = bank
    for path in sorted(folder.glob("events_*.toml")):
        for event in tomllib.loads(path.read_text(encoding="utf-8"))["event"]:
            categories[int(event["family"].split("-")[0])]["event"].append(event)
    if not categories:
        raise FileNotFoundError("The scenario banks are missing; reinstall the program.")
    return Banks(categories, tomllib.loads((folder / "_frames.toml").read_text(encoding="utf-8")))


def split_of(family: str) -> str:
    """The split of an event family such as "06-g" or "06-q3"."""
    return SPLIT_OF_LETTER[family.split("-")[1][0]]


def generate(banks: Banks, count: int, split: str, seed: int) -> list[Scenario]:
    """`count` scenarios of one split, all categories in turn."""
    stream = drafts(banks, split, seed)
    return [next(stream).scenario for _ in range(count)]


def drafts(banks: Banks, split: str, seed: int, vary: Vary | None = None) -> Iterator[Draft]:
    """An endless stream of scenarios of one split; categories come in shuffled rounds.

    `vary` may change the words in the slots of a scenario before it is written (the starter's corpus does).
    """
    rng = random.Random(f"{split}-{seed}")
    number = 0
    while True:
        order = sorted(banks.categories)
        rng.shuffle(order)
        for category in order:
            number += 1
            yield _Writer(banks, split, random.Random(rng.getrandbits(64)), seed, number, vary).draft(category)


def held_out(items: list[Any], split: str, counts: Mapping[str, int] = HELD_OUT) -> list[Any]:
    """The part of a frame list that belongs to a split; `counts` says how many at its end are kept from training."""
    test, dev = counts["test"], counts["dev"]
    if split == "test":
        return items[-test:]
    return items[-test - dev : -test] if split == "dev" else items[: -test - dev]


def entered_severity(severity: int, rng: random.Random) -> int | None:
    """What staff enter for an incident of that severity (1 to 4): often it, at times one off, at times nothing."""
    if rng.random() > SEVERITY_ENTERED:
        return None
    shift = rng.choice((-1, 1)) if rng.random() < SEVERITY_ONE_OFF else 0
    return min(4, max(1, severity + shift))


class _Writer:
    """Builds one scenario; `rng` decides everything."""

    def __init__(
        self, banks: Banks, split: str, rng: random.Random, seed: int, number: int, vary: Vary | None = None
    ) -> None:
        self.banks, self.split, self.rng, self.seed, self.number, self.vary = banks, split, rng, seed, number, vary
        self.frames = banks.frames["sentences"]

    def draft(self, number: int) -> Draft:
        category = self.banks.categories[number]
        events = [e for e in category["event"] if split_of(e["family"]) == self.split]
        weights = [GATED_WEIGHT if e["level"] in ("STOP", "HOLD") else 1.0 for e in events]
        event = self.rng.choices(events, weights)[0]
        band = self.rng.choice(event["bands"])
        text = " ".join(event["sentences"])
        slots = self._slots(event, band, text)
        if self.vary:
            self.vary(slots, self.rng)
        level, codes = event["level"], tuple(event["codes"])
        sentences = [line.format(**slots) for line in event["sentences"]]
        extra, level, codes, need = self._extras(event, slots, level, codes, "{B}" in text)
        parties = self._parties(event, slots, text + " ".join(extra))
        accounts, extra = self._accounts(slots, extra)
        narrative = self._narrative(slots, sentences, [line.format(**slots) for line in extra])
        gold = Gold(
            level,
            codes,
            tuple(event.get("responses", category["responses"])),
            tuple(p.name for p in parties if p.role != "witness"),
            self._particulars(slots, event),
            need,
        )
        severity = self.rng.choice(event["severity"])
        entered = entered_severity(severity, self.rng)
        willing = self._willing(codes, [*event["sentences"], *extra], slots)
        case = Case(narrative, band, entered, slots["place_bare"], parties, accounts, willing)
        scenario = Scenario(
            f"{self.split}-{self.seed}-{self.number}",
            self.seed,
            number,
            severity,
            self.split,
            event["family"],
            case,
            gold,
        )
        return Draft(scenario, category, event, slots, tuple(sentences))

    def _slots(self, event: dict[str, Any], band: str, text: str) -> dict[str, str]:
        words, rng = self.banks.frames["words"], self.rng
        kind = rng.choice([k for k in self.banks.frames["place_kind"] if band in k["bands"]])
        place = rng.choice(kind["bases"])
        if not kind.get("bare") and rng.random() < 0.6:
            place = f"{rng.choice(words['place_modifiers'])} {place}"
        the = "" if kind.get("bare") else "the "
        thing = rng.choice(event["things"]) if event["things"] else ""
        physical = int(event["family"].split("-")[0]) not in WITHOUT_OBJECTS
        if thing and physical and rng.random() < 0.5 and len(thing.split()) < 3:
            thing = f"{rng.choice(words['thing_modifiers'])} {thing}"
        if "a {thing}" in text and thing[:1] in "aeio":
            thing = f"big {thing}"
        day, moment = rng.choice(words["days"]), rng.choice(words["moments"])
        time = rng.choice([f"{day} {moment}", f"{moment} {day}", moment if "the" in moment else f"{day} {moment}"])
        first, second = ("Student A", "Student B") if rng.random() < 0.6 else ("Student B", "Student A")
        if "{B}" not in text:
            first = "Student A"
        return {
            "A": first,
            "B": second if "{B}" in text else "Staff A",
            "C": "Student C",
            "S": "Staff A",
            "P": "",
            "place": the + place,
            "place_bare": place,
            "in_place": f"{kind['prep']} {the}{place}",
            "time": time,
            "thing": thing,
            "role": rng.choice(words["staff_roles"]),
        }

    def _extras(
        self, event: dict[str, Any], slots: dict[str, str], level: str, codes: tuple[str, ...], has_b: bool
    ) -> tuple[list[str], str, tuple[str, ...], str]:
        rng, extra, need = self.rng, [], ""
        if has_b and rng.random() < 0.6:
            extra.append(rng.choice(held_out(self.frames["reaction"], self.split)))
        if level in ("CLEAR", "CAUTION"):
            if has_b and rng.random() < 0.5:
                extra.append(rng.choice(held_out(self.frames["claim"], self.split)))
            if has_b and rng.random() < 0.4:
                extra.append(rng.choice(held_out(self.frames["pattern"], self.split)))
            if has_b and rng.random() < 0.10:
                extra.append(rng.choice(held_out(self.frames["unwilling"], self.split)))
                level, codes = "HOLD", tuple(dict.fromkeys((*codes, "VOLU")))
            elif has_b and rng.random() < 0.3:
                extra.append(rng.choice(held_out(self.frames["willing"], self.split)))
            if level != "HOLD" and rng.random() < 0.15:
                entry = rng.choice(self.banks.frames["need"])
                slots["P"], need = rng.choice([slots["A"], slots["B"]]) if has_b else slots["A"], entry["word"]
                extra.append(rng.choice(held_out(entry["sentences"], self.split, NEED_HELD_OUT)))
        assert level in LEVELS
        return extra, level, codes, need

    def _parties(self, event: dict[str, Any], slots: dict[str, str], text: str) -> tuple[Party, ...]:
        alone = not slots["B"].startswith("Student") and event["codes"] and event["codes"][0] in AT_RISK_ALONE
        parties = [Party(slots["A"], "affected" if alone else "caused_harm")]
        if slots["B"].startswith("Student"):
            parties.append(Party(slots["B"], "harmed"))
        if "{C}" in text:
            parties.append(Party("Student C", "witness"))
        parties.sort(key=lambda p: p.name)
        return (*parties, Party("Staff A", "staff"))

    def _accounts(self, slots: dict[str, str], extra: list[str]) -> tuple[tuple[Account, ...], list[str]]:
        """Now and then a claim is entered as an account of its own instead of a sentence of the report."""
        claims = [line for line in extra if line in self.frames["claim"] and line.startswith("{A} says")]
        if not claims or self.rng.random() > 0.3:
            return (), extra
        said = claims[0].removeprefix("{A} says").removeprefix(" that").strip().format(**slots)
        return (Account(slots["A"], said[0].upper() + said[1:]),), [line for line in extra if line != claims[0]]

    def _willing(self, codes: tuple[str, ...], lines: list[str], slots: dict[str, str]) -> dict[str, str]:
        """Who refuses to meet, where the report says so in plain words and the form was filled in."""
        said = next((found for line in lines if (found := _REFUSES.search(line))), None)
        frames = [line for line in lines if line in self.frames["unwilling"] and not _DENIES.search(line)]
        said = said or (_SUBJECT.search(frames[0]) if frames else None)
        if "VOLU" not in codes or said is None or self.rng.random() > REFUSAL_ENTERED:
            return {}
        person = slots[said.group(1)]
        return {person: "no"} if person.startswith("Student") else {}

    def _narrative(self, slots: dict[str, str], sentences: list[str], extra: list[str]) -> str:
        rng = self.rng
        opening = rng.choice(held_out(self.frames["opening"], self.split)).format(**slots)
        ask = rng.choice(held_out(self.frames["ask"], self.split)).format(**slots)
        body = [*sentences, *extra]
        if len(extra) > 1 and rng.random() < 0.3:
            body.insert(0, body.pop())
        return " ".join(part for part in (opening, *body, ask) if part)

    def _particulars(self, slots: dict[str, str], event: dict[str, Any]) -> dict[str, str]:
        found = {"place": slots["place_bare"], "time": slots["time"]}
        if slots["thing"]:
            found["thing"] = slots["thing"]
        return found
