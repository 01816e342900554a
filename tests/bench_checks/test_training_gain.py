# SPDX-License-Identifier: Apache-2.0
"""Gains, their p-value, the table of them, and the blind pairs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import written_answers as written
from answers import Graded, Written, distinct_3, grade, load, save, summary
from blind_pairs import write_pairs
from training_gain import Seed, compare, gains, sign_flip_p, table

from trainer.practice.scenario import Scenario
from trainer.prompts import Task


def graded(scenario: str, total: float, *, sample: int = 0, valid: bool = True, missed: bool = False) -> Graded:
    return Graded(scenario, sample, valid, total, total / 2, {"C1": total / 25}, {"people": total / 10}, (3, 1), 0,
                  True, missed, 200)


def task(name: str) -> Task:
    scenario = Scenario(name, 1, 13, 2, "test", "13-g", written.PENCILS, written.PENCILS_GOLD)
    return Task(scenario, list(written.PASSAGES), [])


def test_a_gain_is_paired_by_scenario_and_weighs_every_scenario_alike() -> None:
    base = [graded("a", 40), graded("a", 60, sample=1), graded("b", 50)]
    trained = [graded("a", 70), graded("a", 70, sample=1), graded("b", 60)]
    found = gains(base, trained, lambda one: one.total, seed=1)
    assert (found["base"], found["trained"], found["gain"]) == (50, 65, 15)
    assert found["of_possible"] == pytest.approx(0.3)


def test_the_gain_among_valid_answers_leaves_the_form_out() -> None:
    base = [graded("a", 0, valid=False), graded("a", 60, sample=1)]
    trained = [graded("a", 64), graded("a", 64, sample=1)]
    assert gains(base, trained, lambda one: one.total, seed=1)["gain_valid"] == 4


def test_the_p_value_tells_a_steady_gain_from_noise() -> None:
    assert sign_flip_p([5.0, 6.0, 4.0] * 10, seed=1) < 0.001
    assert sign_flip_p([5.0, -6.0, 4.0, -3.0] * 5, seed=1) > 0.5
    assert sign_flip_p([0.0] * 10, seed=1) == 1.0


def test_missed_stops_are_counted_over_all_samples_and_the_rest_over_the_first() -> None:
    base = [graded("a", 50, sample=k, missed=k == 6) for k in range(8)]
    trained = [graded("a", 60 if k < 4 else 0, sample=k) for k in range(8)]
    found = compare(base, trained, ["one two three four"], ["one two three"], samples=4, seed=1)
    assert found["missed_stops"] == [1, 0]
    assert found["trained"]["rubric"] == 60
    assert found["criteria"] == {"C1": [2.0, 2.4]}


def test_the_table_has_a_cell_for_every_heading() -> None:
    figures = compare([graded("a", 50)], [graded("a", 60)], ["a b c"], ["a b c"], samples=4, seed=1)
    lines = table([Seed(1, 32, 600.0, figures), Seed(2, 30, 660.0, figures)]).splitlines()
    assert len({line.count("|") for line in lines[:4]}) == 1
    assert "50.0 → 60.0 | +10.0" in lines[2]
    assert lines[-1] == "| C1 | 2.00 → 2.40 | 2.00 → 2.40 |"


def test_a_real_answer_is_graded_twice() -> None:
    good, plain = grade([task("a")], [Written("a", 0, written.GOOD), Written("a", 1, written.PLAIN)])
    assert good.valid
    assert good.right_form
    assert good.second > plain.second
    assert good.total > plain.total
    figures = summary([good, plain], [written.GOOD, written.PLAIN])
    assert figures["valid"] == 100
    assert figures["particulars_right"] == 100


def test_distinct_3_falls_when_texts_repeat() -> None:
    assert distinct_3(["one two three four"]) == 1.0
    assert distinct_3(["one two three four"] * 2) == 0.5
    assert distinct_3([""]) == 0.0


def test_answers_are_kept_as_they_were(tmp_path: Path) -> None:
    kept = [Written("a", 0, "Line one\nline “two”"), Written("b", 3, "")]
    save(tmp_path / "base.jsonl", kept)
    assert load(tmp_path / "base.jsonl") == kept


def test_blind_pairs_hide_which_is_which_and_the_key_tells(tmp_path: Path) -> None:
    tasks = [task(f"s{number:02}") for number in range(30)]
    base = [Written(one.scenario.id, 0, f"BASE {one.scenario.id}") for one in tasks]
    trained = [Written(one.scenario.id, 0, f"TRAINED {one.scenario.id}") for one in tasks]
    write_pairs(tmp_path, tasks, base, trained, seed=1)
    text = (tmp_path / "pairs.md").read_text("utf-8")
    key = json.loads((tmp_path / "pairs.key.json").read_text("utf-8"))
    assert len(key) == 20
    assert {entry["A"] for entry in key.values()} == {"base", "trained"}
    for number, part in enumerate(text.split("# Pair ")[1:], start=1):
        shown = part.split("---------- A")[1].split("---------- B")
        entry = key[str(number)]
        assert entry["A"].upper() in shown[0]
        assert f"{entry['B'].upper()} {entry['scenario']}" in shown[1]
