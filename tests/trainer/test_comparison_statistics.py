# SPDX-License-Identifier: Apache-2.0
"""The statistics of a comparison: the p-value means what it says, and each figure is taken over the right answers."""

from __future__ import annotations

import random

import pytest

from trainer.practice.statistics import Judged, compare, sign_flip_p


def judged(scenario: str, total: float, sample: int = 0, *, valid: bool = True, missed: bool = False) -> Judged:
    return Judged(scenario, sample, total, valid, missed, False, False, 200, {"C1": total / 25})


def test_exact_p_of_few_differences() -> None:
    assert sign_flip_p([1.0, 2.0, 3.0]) == pytest.approx(2 / 8)
    assert sign_flip_p([1.0, -1.0]) == 1.0
    assert sign_flip_p([]) == 1.0


def test_p_is_small_for_a_real_gain_and_uniform_without_one() -> None:
    rng = random.Random(4)
    assert sign_flip_p([rng.gauss(10, 10) for _ in range(90)]) < 0.001
    without = [sign_flip_p([rng.gauss(0, 10) for _ in range(30)], seed, flips=400) for seed in range(200)]
    assert 2 <= sum(p < 0.05 for p in without) <= 22
    assert 70 <= sum(p < 0.5 for p in without) <= 130


def test_gain_among_valid_answers_leaves_out_what_keeping_the_form_brings() -> None:
    before = [judged("a", 60), judged("a", 0, 1, valid=False), judged("b", 50), judged("c", 10)]
    after = [judged("a", 70), judged("a", 70, 1), judged("b", 50, missed=True), judged("d", 99)]
    result = compare(before, after)
    assert result is not None and result.scenarios == 2
    assert result.total == (40, 60) and result.gain == 20
    assert result.gain_valid == pytest.approx((10 + 0) / 2)
    assert result.share_of_possible_gain == pytest.approx(20 / 60)
    assert result.missed_stops == (0, 1) and result.valid == (pytest.approx(2 / 3), 1.0)
    assert result.criteria["C1"] == (pytest.approx((60 + 0 + 50) / 75), pytest.approx((70 + 70 + 50) / 75))
    assert compare(before, []) is None
