# SPDX-License-Identifier: Apache-2.0
"""The scenario model: a case with what a good answer to it must get right, and its JSON line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from trainer.practice.case import Case, CaseError, parse_case

LEVELS = ("CLEAR", "CAUTION", "HOLD", "STOP")
SPLITS = ("train", "dev", "test")
#: Steps of the restorative continuum, least formal first.
RESPONSES = (
    "affective statement",
    "restorative chat",
    "small conference",
    "shuttle",
    "circle",
    "conference",
    "support circle",
    "re-entry",
    "none",
)


@dataclass(frozen=True)
class Gold:
    """What the generator knows about a scenario.

    `level` and `codes` are the gate's; `responses` the acceptable steps of the continuum; `parties` the role words
    ("Student A") that an answer should address; `particulars` maps "place", "thing" and "time" to the words of the
    report (a key is missing when the report does not say); `need` is a stated access need or "".
    """

    level: str
    codes: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    particulars: dict[str, str] | None = None
    need: str = ""

    @property
    def form(self) -> str:
        """The form of a valid answer: "handoff" under STOP or HOLD, "full" otherwise."""
        return "handoff" if self.level in ("STOP", "HOLD") else "full"


@dataclass(frozen=True)
class Scenario:
    """One training or test scenario. People in `case` are role words already."""

    id: str
    seed: int
    category: int
    severity: int
    split: str
    family: str
    case: Case
    gold: Gold

    def to_line(self) -> str:
        """One JSON line."""
        gold = {
            "level": self.gold.level,
            "codes": list(self.gold.codes),
            "responses": list(self.gold.responses),
            "parties": list(self.gold.parties),
            "particulars": self.gold.particulars or {},
            "need": self.gold.need,
        }
        return json.dumps(
            {
                "id": self.id,
                "seed": self.seed,
                "category": self.category,
                "severity": self.severity,
                "split": self.split,
                "family": self.family,
                "case": self.case.to_json(),
                "gold": gold,
            },
            ensure_ascii=False,
        )


def parse_scenario(untrusted: object) -> Scenario:
    """Check an untrusted JSON value and return the `Scenario`; raise `CaseError` with one sentence otherwise."""
    if not isinstance(untrusted, dict) or not isinstance(untrusted.get("gold"), dict):
        raise CaseError('Each scenario must be a JSON object with "id", "case" and "gold".')
    gold: dict[str, Any] = untrusted["gold"]
    level = gold.get("level")
    if level not in LEVELS:
        raise CaseError(f'A scenario\'s gold "level" must be one of {", ".join(LEVELS)}.')
    particulars = gold.get("particulars") or {}
    if not isinstance(particulars, dict) or not all(isinstance(v, str) for v in particulars.values()):
        raise CaseError('A scenario\'s gold "particulars" must map words to text.')
    return Scenario(
        id=_string(untrusted, "id"),
        seed=_whole(untrusted, "seed"),
        category=_whole(untrusted, "category"),
        severity=_whole(untrusted, "severity"),
        split=_string(untrusted, "split"),
        family=_string(untrusted, "family"),
        case=parse_case(untrusted.get("case")),
        gold=Gold(
            level,
            _strings(gold, "codes"),
            _strings(gold, "responses"),
            _strings(gold, "parties"),
            dict(particulars),
            str(gold.get("need") or ""),
        ),
    )


def parse_scenario_lines(untrusted_text: str) -> list[Scenario]:
    """Parse a `.jsonl` of scenarios; the error names the line."""
    scenarios = []
    for number, line in enumerate(untrusted_text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            scenarios.append(parse_scenario(json.loads(line)))
        except CaseError as error:
            raise CaseError(f"Line {number}: {error}") from None
        except (ValueError, RecursionError):
            raise CaseError(f"Line {number} is not valid JSON.") from None
    return scenarios


def _string(source: dict[str, Any], key: str) -> str:
    value = source.get(key)
    if not isinstance(value, str) or not value or len(value) > 200:
        raise CaseError(f'A scenario\'s "{key}" must be a short text.')
    return value


def _whole(source: dict[str, Any], key: str) -> int:
    value = source.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int):
        raise CaseError(f'A scenario\'s "{key}" must be a whole number.')
    return value


def _strings(source: dict[str, Any], key: str) -> tuple[str, ...]:
    value = source.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise CaseError(f'A scenario\'s gold "{key}" must be a list of texts.')
    return tuple(value)
