# SPDX-License-Identifier: Apache-2.0
"""Base against trained on the same scenarios: paired differences, and whether chance explains them.

The unit is the scenario: several answers to one are averaged first, because they are not independent. The p-value is a
two-sided sign-flip permutation of the per-scenario differences, which assumes nothing about how scores are spread
(every flip when there are at most 14 scenarios, else 20,000 random ones).
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean
from typing import Any

FLIPS = 20_000
EXACT_UP_TO = 14


@dataclass(frozen=True)
class Judged:
    """One answer, scored: `total` 0..100, `criteria` C1..C12 0..4, `words` of the sections.

    `missed_stop`: it breaks the gate (design, decision 5). `invented_person`, `wrong_particular`: the rubric found one.
    """

    scenario_id: str
    sample: int
    total: float
    valid: bool
    missed_stop: bool
    invented_person: bool
    wrong_particular: bool
    words: int
    criteria: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """Base against trained; pairs are (before, after), shares 0..1.

    `gain_valid` compares the valid answers of each scenario alone, so that a gain from keeping the form is not in it;
    None when no scenario has valid answers on both sides.
    """

    scenarios: int
    answers: int
    total: tuple[float, float]
    gain: float
    p_value: float
    gain_valid: float | None
    share_of_possible_gain: float
    valid: tuple[float, float]
    missed_stops: tuple[int, int]
    invented_people: tuple[float, float]
    wrong_particulars: tuple[float, float]
    words: tuple[float, float]
    criteria: dict[str, tuple[float, float]]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def compare(before: Iterable[Judged], after: Iterable[Judged], seed: int = 0) -> Comparison | None:
    """Compare over the scenarios that both sides answered; None when there is none."""
    first, second = _by_scenario(before), _by_scenario(after)
    ids = [scenario for scenario in first if scenario in second]
    if not ids:
        return None
    base, trained = ([answer for i in ids for answer in side[i]] for side in (first, second))
    totals = [(_mean(first[i], _total), _mean(second[i], _total)) for i in ids]
    differences = [late - early for early, late in totals]
    start, end = fmean(early for early, _ in totals), fmean(late for _, late in totals)
    return Comparison(
        scenarios=len(ids), answers=len(base) + len(trained), total=(start, end), gain=end - start,
        p_value=sign_flip_p(differences, seed), gain_valid=_gain_valid(first, second, ids),
        share_of_possible_gain=(end - start) / (100 - start) if start < 100 else 0.0,
        valid=_pair(base, trained, lambda a: a.valid),
        missed_stops=(sum(a.missed_stop for a in base), sum(a.missed_stop for a in trained)),
        invented_people=_pair(base, trained, lambda a: a.invented_person),
        wrong_particulars=_pair(base, trained, lambda a: a.wrong_particular),
        words=_pair(base, trained, lambda a: a.words), criteria=_criteria(base, trained),
    )


def sign_flip_p(differences: Sequence[float], seed: int = 0, flips: int = FLIPS) -> float:
    """Two-sided p-value of the mean difference being 0; 1.0 for no differences."""
    if not differences:
        return 1.0
    observed = abs(sum(differences)) - 1e-9
    if len(differences) <= EXACT_UP_TO:
        signs = list(itertools.product((1, -1), repeat=len(differences)))
        reached = sum(abs(sum(s * d for s, d in zip(row, differences, strict=True))) >= observed for row in signs)
        return reached / len(signs)
    rng = random.Random(seed)
    whole = sum(differences)
    reached = 0
    for _ in range(flips):
        bits = rng.getrandbits(len(differences))
        flipped = sum(d for i, d in enumerate(differences) if bits >> i & 1)
        reached += abs(whole - 2 * flipped) >= observed
    return (reached + 1) / (flips + 1)


def _by_scenario(answers: Iterable[Judged]) -> dict[str, list[Judged]]:
    grouped: dict[str, list[Judged]] = defaultdict(list)
    for answer in answers:
        grouped[answer.scenario_id].append(answer)
    return grouped


def _total(answer: Judged) -> float:
    return answer.total


def _mean(answers: Sequence[Judged], measure: Callable[[Judged], float]) -> float:
    return fmean(measure(answer) for answer in answers)


def _pair(
    before: Sequence[Judged], after: Sequence[Judged], measure: Callable[[Judged], float],
) -> tuple[float, float]:
    return _mean(before, measure), _mean(after, measure)


def _gain_valid(first: dict[str, list[Judged]], second: dict[str, list[Judged]], ids: Sequence[str]) -> float | None:
    gains = []
    for scenario in ids:
        pair = [[a for a in side[scenario] if a.valid] for side in (first, second)]
        if all(pair):
            gains.append(_mean(pair[1], _total) - _mean(pair[0], _total))
    return fmean(gains) if gains else None


def _criteria(before: Sequence[Judged], after: Sequence[Judged]) -> dict[str, tuple[float, float]]:
    """Means over the answers that are scored on a criterion (a hand-off is not scored on all of them)."""
    names = sorted({name for a in (*before, *after) for name in a.criteria}, key=lambda name: (len(name), name))
    pairs = {}
    for name in names:
        sides = [[a.criteria[name] for a in side if name in a.criteria] for side in (before, after)]
        if all(sides):
            pairs[name] = (fmean(sides[0]), fmean(sides[1]))
    return pairs
