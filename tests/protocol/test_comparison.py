# SPDX-License-Identifier: Apache-2.0
"""The arithmetic of a comparison, against figures worked out by hand."""

from __future__ import annotations

import random

import pytest

from desktop.domain.comparison import compare, sign_flip_p
from desktop.domain.run import AnswerScored


def score(when: str, scenario: str, total: float, *, valid: bool = True, missed: bool = False) -> AnswerScored:
    return AnswerScored(when, scenario, 0, total, valid, missed, {"C1": total / 25, "C10": 1.0, "C2": 2.0}, "")


def test_scenarios_are_the_unit_and_answers_are_averaged_first() -> None:
    scores = [score("before", "a", 10), score("before", "a", 30), score("before", "b", 80, valid=False),
              score("after", "a", 60), score("after", "b", 90, missed=True), score("after", "only-after", 0)]
    found = compare(scores)
    assert found is not None
    assert (found.scenarios, found.answers, found.before, found.after, found.gain) == (2, 5, 50.0, 75.0, 25.0)
    assert (found.before_valid, found.after_valid, found.gain_valid) == (20.0, 75.0, 55.0)
    assert found.valid_share == (2 / 3, 1.0) and found.missed_stops == (0, 1)
    assert list(found.criteria) == ["C1", "C2", "C10"] and found.criteria["C1"][1] == pytest.approx(3.0)
    assert found.share_of_possible_gain == 0.5
    assert found.p_value == 0.5  # differences +40 and +10: two of the four sign patterns reach a sum of 50


def test_nothing_in_both_is_no_comparison() -> None:
    assert compare([]) is None
    assert compare([score("before", "a", 1), score("after", "b", 2)]) is None


def test_without_a_valid_answer_there_is_no_score_among_valid() -> None:
    found = compare([score("before", "a", 1, valid=False), score("after", "a", 2)])
    assert found is not None and found.before_valid is None and found.gain_valid is None


def test_p_is_exact_for_few_and_small_only_for_a_real_difference() -> None:
    assert sign_flip_p([1.0] * 10) == 2 / 1024
    assert sign_flip_p([0.0] * 5) == 1.0
    rng = random.Random(1)
    noise = [rng.gauss(0, 10) for _ in range(90)]
    assert sign_flip_p([value + 10 for value in noise]) < 0.001
    assert sign_flip_p([value - sum(noise) / 90 for value in noise]) > 0.9
    assert sign_flip_p(noise, seed=3) == sign_flip_p(noise, seed=3)
