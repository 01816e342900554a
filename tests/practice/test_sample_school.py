# SPDX-License-Identifier: Apache-2.0
"""The sample school: complete, well formed, and a fair first look at every band and at the gate."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from trainer.practice import gate, prompt, retrieval, rules
from trainer.practice.case import GRADE_BANDS, parse_case_json
from trainer.practice.citations import Citation, is_supported, split_policy

ASSETS = Path(__file__).parents[2] / "assets"
SCHOOL = ASSETS / "sample-school"
INFO = json.loads((SCHOOL / "school.json").read_text(encoding="utf-8"))
POLICIES = {p["id"]: split_policy(p["id"], (SCHOOL / p["file"]).read_text(encoding="utf-8")) for p in INFO["policies"]}
PASSAGES = [passage for passages in POLICIES.values() for passage in passages]
INCIDENTS = sorted((SCHOOL / "incidents").glob("*.json"))
CASES = {path.stem: parse_case_json(path.read_text(encoding="utf-8")) for path in INCIDENTS}
GATE = rules.load(ASSETS / "practice").gate
#: Incidents with a concern; every other one is CLEAR.
LEVELS = {
    "09-library-bench": ("HOLD", "BULY"), "14-hit-at-home": ("STOP", "ABUSE"), "18-lunch-money": ("HOLD", "BULY"),
    "19-game-shout": ("CAUTION", "THRT"), "21-bus-slur": ("HOLD", "HATE"), "23-paper-throw-plan": ("CAUTION", "DISA"),
    "24-vape-restroom": ("CAUTION", "DRUG"), "25-jacket-goodbye": ("STOP", "SUIC"), "26-ex-phone": ("STOP", "DATE"),
}


def test_three_policies_in_short_numbered_passages() -> None:
    assert set(POLICIES) == {"restorative", "conduct", "safety"}
    for passages in POLICIES.values():
        assert 12 <= len(passages) <= 16
        assert all(25 <= len(p.text.split()) <= 60 and p.heading for p in passages)
    ids = [p.id for p in PASSAGES]
    assert len(set(ids)) == len(ids) and "conduct-3.2" in ids


def test_every_sentence_of_a_policy_can_be_quoted() -> None:
    for passage in PASSAGES:
        longest = max(passage.text.split(". "), key=len)
        assert is_supported(Citation(passage.id, longest), PASSAGES), passage.id


def test_contacts_are_marked_as_samples() -> None:
    assert INFO["contacts"]
    for contact in INFO["contacts"]:
        assert contact["sample"] is True and "SAMPLE" in contact["name"] and contact["phone"].startswith("555-")


def test_thirty_incidents_in_all_bands_with_people_and_place() -> None:
    assert len(CASES) == 30
    bands = Counter(case.grade_band for case in CASES.values())
    assert set(bands) == set(GRADE_BANDS) and min(bands.values()) >= 3
    for name, case in CASES.items():
        assert case.location and case.severity and len(case.parties) >= 2, name
        central = [party.name for party in case.parties if party.role not in ("staff", "witness")]
        assert all(person in case.narrative for person in central), name


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_gate_sees_each_incident_as_labelled(name: str) -> None:
    level, code = LEVELS.get(name, ("CLEAR", ""))
    for case in (CASES[name], prompt.mask(CASES[name]).case):
        result = gate.check_case(GATE, case)
        assert result.level == level and (not code or result.codes[0] == code), result


@pytest.mark.parametrize("name", sorted(CASES))
def test_each_incident_finds_policies_and_is_masked(name: str) -> None:
    case = CASES[name]
    assert len(retrieval.retrieve(retrieval.case_query(case), PASSAGES)) == 3
    text = prompt.user_text(prompt.mask(case).case, [])
    assert not any(party.name in text for party in case.parties)
