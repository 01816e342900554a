# SPDX-License-Identifier: Apache-2.0
"""The scenario generator: repeatable, split by family, and true to what it says about itself."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from trainer.practice import generator
from trainer.practice.case import GRADE_BANDS
from trainer.practice.scenario import LEVELS, RESPONSES, SPLITS, Scenario, parse_scenario_lines

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "practice" / "scenarios"


@pytest.fixture(scope="module")
def banks() -> generator.Banks:
    return generator.load_banks(FOLDER)


@pytest.fixture(scope="module")
def made(banks: generator.Banks) -> dict[str, list[Scenario]]:
    return {split: generator.generate(banks, 480, split, seed=3) for split in SPLITS}


def test_all_categories_and_grade_bands_are_there(made: dict[str, list[Scenario]]) -> None:
    train = made["train"]
    assert {s.category for s in train} == set(range(1, 25))
    assert {s.case.grade_band for s in train} == set(GRADE_BANDS)
    assert {s.gold.level for s in train} == set(LEVELS)


def test_a_seed_gives_the_same_scenarios(banks: generator.Banks) -> None:
    first = [s.to_line() for s in generator.generate(banks, 60, "train", seed=8)]
    assert first == [s.to_line() for s in generator.generate(banks, 60, "train", seed=8)]
    assert first != [s.to_line() for s in generator.generate(banks, 60, "train", seed=9)]


def test_families_never_cross_splits(made: dict[str, list[Scenario]]) -> None:
    families = {split: {s.family for s in scenarios} for split, scenarios in made.items()}
    assert not families["train"] & families["test"]
    assert not families["train"] & families["dev"]
    assert not families["dev"] & families["test"]


def test_no_sentence_frame_is_shared_between_training_and_test(banks: generator.Banks) -> None:
    for name, frames in banks.frames["sentences"].items():
        train = {f for f in generator.held_out(frames, "train") if f}
        held = {f for split in ("dev", "test") for f in generator.held_out(frames, split) if f}
        assert held and not train & held, name


def test_event_sentences_are_unique_over_all_families(banks: generator.Banks) -> None:
    counted = Counter(line for c in banks.categories.values() for e in c["event"] for line in e["sentences"])
    assert [line for line, times in counted.items() if times > 1] == []


def test_every_family_keeps_the_rules_of_the_banks(banks: generator.Banks) -> None:
    """What `_Writer` and a parsed scenario rely on, so that no family fails only when it happens to be drawn."""
    for number, category in banks.categories.items():
        for event in category["event"]:
            family, text = event["family"], " ".join(event["sentences"])
            slots = Counter(re.findall(r"\{(\w+)\}", text))
            assert family.startswith(f"{number:02d}-") and generator.split_of(family) in SPLITS, family
            assert event["bands"] and set(event["bands"]) <= set(GRADE_BANDS), family
            assert event["severity"] and all(1 <= value <= 4 for value in event["severity"]), family
            assert event["level"] in LEVELS and (event["level"] == "CLEAR") == (not event["codes"]), family
            assert slots["A"] and slots["time"] and slots["in_place"] + slots["place"], family
            assert bool(slots["thing"]) == bool(event["things"]), family
            assert set(slots) <= {"A", "B", "C", "S", "time", "place", "in_place", "thing"}, family


@pytest.mark.parametrize("split", SPLITS)
def test_particulars_stand_in_the_report(made: dict[str, list[Scenario]], split: str) -> None:
    for scenario in made[split]:
        for kind, words in (scenario.gold.particulars or {}).items():
            assert words in scenario.case.narrative, (scenario.id, kind)


@pytest.mark.parametrize("split", SPLITS)
def test_people_of_the_report_are_parties(made: dict[str, list[Scenario]], split: str) -> None:
    for scenario in made[split]:
        names = {p.name for p in scenario.case.parties}
        text = scenario.case.narrative
        assert all(word in names for word in ("Student A", "Student B", "Student C") if word in text), scenario.id
        assert "{" not in text
        assert set(scenario.gold.responses) <= set(RESPONSES)
        assert set(scenario.gold.parties) <= names


def test_gated_scenarios_name_a_code(made: dict[str, list[Scenario]]) -> None:
    gated = [s for s in made["train"] if s.gold.level in ("STOP", "HOLD")]
    assert 0.2 < len(gated) / len(made["train"]) < 0.5
    assert all(s.gold.codes for s in gated)


def test_lines_survive_a_round_trip(made: dict[str, list[Scenario]]) -> None:
    text = "\n".join(s.to_line() for s in made["test"][:50])
    assert parse_scenario_lines(text) == made["test"][:50]


def test_scenarios_of_one_seed_are_distinct(made: dict[str, list[Scenario]]) -> None:
    assert len({s.case.narrative for s in made["train"]}) == len(made["train"])


def test_a_student_at_risk_who_is_alone_in_a_report_has_harmed_nobody(made: dict[str, list[Scenario]]) -> None:
    roles: dict[bool, set[str]] = {True: set(), False: set()}
    for scenario in made["train"]:
        students = [p for p in scenario.case.parties if p.role not in ("staff", "witness")]
        if len(students) == 1 and scenario.gold.form == "handoff":
            roles[scenario.gold.codes[0] in generator.AT_RISK_ALONE].add(students[0].role)
    assert roles == {True: {"affected"}, False: {"caused_harm"}}


def test_a_refusal_in_plain_words_is_often_ticked_on_the_form_too(banks: generator.Banks) -> None:
    refused = [s for s in generator.generate(banks, 1200, "test", seed=5) if "VOLU" in s.gold.codes]
    ticked = [s for s in refused if s.case.willing]
    assert 0.2 < len(ticked) / len(refused) < 0.9
    for scenario in ticked:
        assert set(scenario.case.willing.values()) == {"no"} and scenario.gold.form == "handoff"
        assert set(scenario.case.willing) <= {p.name for p in scenario.case.parties if p.role != "staff"}
    others = [s for s in generator.generate(banks, 600, "train", seed=5) if "VOLU" not in s.gold.codes]
    assert not any(s.case.willing for s in others)


def test_staff_often_enter_the_severity_and_are_at_times_one_off(banks: generator.Banks) -> None:
    made = generator.generate(banks, 1200, "train", seed=5)
    entered = [s for s in made if s.case.severity is not None]
    off = [s for s in entered if s.case.severity != s.severity]
    assert 0.6 < len(entered) / len(made) < 0.8 and 0.1 < len(off) / len(entered) < 0.3
    assert all(abs((s.case.severity or 0) - s.severity) == 1 for s in off)


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("{B} does not want to meet {A}.", "B"),
        ("{B} needs distance from {A} and is not ready for a talk.", "B"),
        ("Asked about a talk with {S}, {A} answered, 'I am not going.'", "A"),
        ("If {A} is there, {B} will not come.", "B"),
        ('{A} keeps repeating "I did not do it".', None),
        ("{A} and {B} agreed to talk.", None),
        ("Had they split by then? {B} says no and felt made a fool of.", None),
    ],
)
def test_who_refuses_is_read_from_the_sentence(line: str, person: str | None) -> None:
    found = generator._REFUSES.search(line)
    assert (found.group(1) if found else None) == person
