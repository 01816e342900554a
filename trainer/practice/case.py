# SPDX-License-Identifier: Apache-2.0
"""The interchange form of an incident (`case.json`) and its strict parser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GRADE_BANDS = ("PK-K", "1-2", "3-5", "6-8", "9-12")
ROLES = ("caused_harm", "harmed", "both", "witness", "affected", "supporter", "staff")
WILLING = ("yes", "yes_with_conditions", "no", "withdrew", "not_asked")
MAX_NARRATIVE_CHARS = 20_000
MAX_PARTIES = 26


class CaseError(ValueError):
    """The case is not usable; the message is one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Party:
    """One person in the incident; `name` is whatever the counselor typed."""

    name: str
    role: str
    grade: str | None = None


@dataclass(frozen=True)
class Account:
    """What one person said, in that person's words."""

    party: str
    text: str


@dataclass(frozen=True)
class Case:
    """An incident as entered. Only `narrative` is required."""

    narrative: str
    grade_band: str | None = None
    severity: int | None = None
    location: str | None = None
    parties: tuple[Party, ...] = ()
    accounts: tuple[Account, ...] = ()
    willing: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the interchange form; keys without a value are left out."""
        out: dict[str, Any] = {"narrative": self.narrative}
        if self.grade_band:
            out["grade_band"] = self.grade_band
        if self.severity:
            out["severity"] = self.severity
        if self.location:
            out["location"] = self.location
        if self.parties:
            out["parties"] = [_without_none({"name": p.name, "role": p.role, "grade": p.grade}) for p in self.parties]
        if self.accounts:
            out["accounts"] = [{"party": a.party, "text": a.text} for a in self.accounts]
        if self.willing:
            out["willing"] = dict(self.willing)
        return out


def parse_case(untrusted: object) -> Case:
    """Check an untrusted JSON value and return the `Case`; raise `CaseError` with one sentence otherwise."""
    if not isinstance(untrusted, dict):
        raise CaseError('The case must be a JSON object with at least a "narrative".')
    narrative = _text(untrusted, "narrative", required=True, limit=MAX_NARRATIVE_CHARS)
    band = _choice(untrusted, "grade_band", GRADE_BANDS)
    severity = untrusted.get("severity")
    if severity is not None and (isinstance(severity, bool) or severity not in (1, 2, 3, 4)):
        raise CaseError('"severity" must be a whole number from 1 to 4.')
    parties = tuple(_party(item) for item in _list(untrusted, "parties", MAX_PARTIES))
    names = [p.name for p in parties]
    if len(set(names)) != len(names):
        raise CaseError("Two parties have the same name; give each person a name of their own.")
    accounts = tuple(_account(item, names) for item in _list(untrusted, "accounts", 100))
    return Case(
        narrative=narrative,
        grade_band=band,
        severity=severity,
        location=_text(untrusted, "location", limit=200) or None,
        parties=parties,
        accounts=accounts,
        willing=_willing(untrusted.get("willing"), names),
    )


def parse_case_json(untrusted_text: str) -> Case:
    """Parse the text of a `case.json`; raise `CaseError` for anything that is not one."""
    try:
        value = json.loads(untrusted_text)
    except (ValueError, RecursionError):
        raise CaseError("The case file is not valid JSON; check it for a missing quote, comma or bracket.") from None
    return parse_case(value)


def _without_none(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if item is not None}


def _text(source: Mapping[str, Any], key: str, *, required: bool = False, limit: int) -> str:
    value = source.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        raise CaseError(f'"{key}" must be text{" and must not be empty" if required else ""}.')
    if len(value) > limit:
        raise CaseError(f'"{key}" is longer than {limit:,} characters; shorten it.')
    return value.strip()


def _choice(source: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str | None:
    value = source.get(key)
    if value is None:
        return None
    if value not in allowed:
        raise CaseError(f'"{key}" must be one of {", ".join(allowed)}.')
    return str(value)


def _list(source: Mapping[str, Any], key: str, limit: int) -> list[Any]:
    value = source.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > limit:
        raise CaseError(f'"{key}" must be a list of at most {limit} entries.')
    return value


def _party(item: object) -> Party:
    if not isinstance(item, dict):
        raise CaseError('Each of "parties" must be an object with "name" and "role".')
    name = _text(item, "name", required=True, limit=100)
    role = _choice(item, "role", ROLES)
    if role is None:
        raise CaseError(f'Each of "parties" needs a "role": one of {", ".join(ROLES)}.')
    return Party(name=name, role=role, grade=_text(item, "grade", limit=20) or None)


def _account(item: object, names: list[str]) -> Account:
    if not isinstance(item, dict):
        raise CaseError('Each of "accounts" must be an object with "party" and "text".')
    party = _text(item, "party", required=True, limit=100)
    if party not in names:
        raise CaseError('An account names a person who is not among "parties"; add that person first.')
    return Account(party=party, text=_text(item, "text", required=True, limit=MAX_NARRATIVE_CHARS))


def _willing(value: object, names: list[str]) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise CaseError('"willing" must be an object from a person\'s name to an answer.')
    for name, answer in value.items():
        if name not in names:
            raise CaseError('"willing" names a person who is not among "parties"; add that person first.')
        if answer not in WILLING:
            raise CaseError(f'"willing" must be one of {", ".join(WILLING)}.')
    return dict(value)
