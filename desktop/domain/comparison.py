# SPDX-License-Identifier: Apache-2.0
"""Base against trained on the same held-out scenarios: the gain, and whether chance explains it.

The unit is the scenario: several answers to one are averaged first, because they are not independent. The p-value is a
sign-flip permutation of the per-scenario differences (two-sided, 20,000 flips, or every one of them when there are at
most 14 scenarios), which assumes nothing about how scores are distributed.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from desktop.domain.run import AnswerScored

FLIPS = 20_000
EXACT_UP_TO = 14


@dataclass(frozen=True)
class Comparison:
    """Means of 0 to 100 over scenarios; `criteria` maps C1 to C12 to (before, after) of 0 to 4.

    `*_valid` are the same over the answers that keep the contract, and None where there is none. `missed_stops` and
    `valid_share` are (before, after).
    """

    scenarios: int
    answers: int
    before: float
    after: float
    p_value: float
    before_valid: float | None
    after_valid: float | None
    valid_share: tuple[float, float]
    criteria: dict[str, tuple[float, float]]
    missed_stops: tuple[int, int]

    @property
    def gain(self) -> float:
        return self.after - self.before

    @property
    def gain_valid(self) -> float | None:
        if self.before_valid is None or self.after_valid is None:
            return None
        return self.after_valid - self.before_valid

    @property
    def share_of_possible_gain(self) -> float:
        """The gain over what was left to gain (gain divided by 100 minus before)."""
        return self.gain / (100 - self.before) if self.before < 100 else 0.0


def compare(scores: Iterable[AnswerScored], seed: int = 0) -> Comparison | None:
    """The comparison over the scenarios that were scored before and after; None when there is none."""
    by_when: dict[str, dict[str, list[AnswerScored]]] = {"before": defaultdict(list), "after": defaultdict(list)}
    for score in scores:
        by_when[score.when][score.scenario_id].append(score)
    ids = [scenario for scenario in by_when["before"] if scenario in by_when["after"]]
    if not ids:
        return None
    before, after = ({scenario: by_when[when][scenario] for scenario in ids} for when in ("before", "after"))
    differences = [_mean(after[scenario]) - _mean(before[scenario]) for scenario in ids]
    flat_before, flat_after = _flat(before), _flat(after)
    valid_before, valid_after = ([s for s in flat if s.valid] for flat in (flat_before, flat_after))
    return Comparison(
        scenarios=len(ids),
        answers=len(flat_before) + len(flat_after),
        before=fmean(_mean(before[scenario]) for scenario in ids),
        after=fmean(_mean(after[scenario]) for scenario in ids),
        p_value=sign_flip_p(differences, seed),
        before_valid=_mean(valid_before) if valid_before else None,
        after_valid=_mean(valid_after) if valid_after else None,
        valid_share=(len(valid_before) / len(flat_before), len(valid_after) / len(flat_after)),
        criteria=_criteria(flat_before, flat_after),
        missed_stops=(sum(s.missed_stop for s in flat_before), sum(s.missed_stop for s in flat_after)),
    )


def sign_flip_p(differences: Sequence[float], seed: int = 0) -> float:
    """Two-sided p of a mean as far from 0 as the observed one if every sign were a coin's (module docstring)."""
    observed = abs(sum(differences)) - 1e-9
    if len(differences) <= EXACT_UP_TO:
        flips = list(itertools.product((1, -1), repeat=len(differences)))
        reached = sum(abs(sum(s * d for s, d in zip(signs, differences, strict=True))) >= observed for signs in flips)
        return reached / len(flips)
    rng = random.Random(seed)
    reached = sum(
        abs(sum(d if rng.random() < 0.5 else -d for d in differences)) >= observed for _ in range(FLIPS)
    )
    return (reached + 1) / (FLIPS + 1)


def _criteria(before: list[AnswerScored], after: list[AnswerScored]) -> dict[str, tuple[float, float]]:
    names = {name for score in (*before, *after) for name in score.criteria}
    return {
        name: (
            fmean(s.criteria.get(name, 0.0) for s in before),
            fmean(s.criteria.get(name, 0.0) for s in after),
        )
        for name in sorted(names, key=lambda name: (len(name), name))
    }


def _flat(by_scenario: dict[str, list[AnswerScored]]) -> list[AnswerScored]:
    return [score for scores in by_scenario.values() for score in scores]


def _mean(scores: Sequence[AnswerScored]) -> float:
    return fmean(score.total for score in scores)
