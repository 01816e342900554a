# SPDX-License-Identifier: Apache-2.0
"""The figures of a trained version against its base, and the tables of them. Pure: grades in, numbers and text out."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from answers import Graded, summary

FLIPS = 10_000
Measure = Callable[[Graded], float]


@dataclass(frozen=True)
class Seed:
    """One run with its figures."""

    number: int
    steps: int
    seconds: float
    figures: dict[str, Any]


def compare(
    base: Sequence[Graded], trained: Sequence[Graded], base_texts: Sequence[str], trained_texts: Sequence[str],
    samples: int, seed: int,
) -> dict[str, Any]:
    """Gains over the first `samples` answers of every scenario; missed STOPs over all answers that there are."""
    first = [one for one in base if one.sample < samples]
    second = [one for one in trained if one.sample < samples]
    sides = {"base": summary(first, base_texts), "trained": summary(second, trained_texts)}
    return {
        **sides,
        "rubric": gains(first, second, lambda one: one.total, seed),
        "second": gains(first, second, lambda one: one.second, seed),
        "criteria": _changes(first, second, lambda one: one.criteria),
        "second_parts": _changes(_valid(first), _valid(second), lambda one: one.second_parts),
        "missed_stops": [sum(one.missed_stop for one in base), sum(one.missed_stop for one in trained)],
        "scenarios": len({one.scenario_id for one in first}), "samples": samples,
    }


def gains(base: Sequence[Graded], trained: Sequence[Graded], measure: Measure, seed: int) -> dict[str, float | None]:
    """Base and trained means, the gain, the gain among valid answers, the share of what was left to gain, and p."""
    pairs = _paired(base, trained, measure)
    valid = _paired(_valid(base), _valid(trained), measure)
    start, end = fmean(before for before, _ in pairs), fmean(after for _, after in pairs)
    return {
        "base": start, "trained": end, "gain": end - start,
        "gain_valid": fmean(after - before for before, after in valid) if valid else None,
        "of_possible": (end - start) / (100 - start),
        "p": sign_flip_p([after - before for before, after in pairs], seed),
    }


def sign_flip_p(differences: Sequence[float], seed: int, flips: int = FLIPS) -> float:
    """Two-sided: how often random signs give a mean at least as far from 0 as the one that was found."""
    rng, found = random.Random(seed), abs(sum(differences)) - 1e-9
    reached = sum(abs(sum(d if rng.random() < 0.5 else -d for d in differences)) >= found for _ in range(flips))
    return (reached + 1) / (flips + 1)


def _valid(side: Sequence[Graded]) -> list[Graded]:
    return [one for one in side if one.valid]


def _paired(base: Sequence[Graded], trained: Sequence[Graded], measure: Measure) -> list[tuple[float, float]]:
    """(base, trained) means of every scenario that both sides answered."""
    sides = []
    for side in (base, trained):
        grouped: dict[str, list[float]] = defaultdict(list)
        for one in side:
            grouped[one.scenario_id].append(measure(one))
        sides.append(grouped)
    return [(fmean(sides[0][name]), fmean(sides[1][name])) for name in sides[0] if name in sides[1]]


def _changes(
    base: Sequence[Graded], trained: Sequence[Graded], read: Callable[[Graded], dict[str, float]],
) -> dict[str, list[float]]:
    """[base, trained] means of every part, over the answers that have it."""
    names = sorted({name for one in (*base, *trained) for name in read(one)}, key=lambda name: (len(name), name))
    found = {}
    for name in names:
        means = [[read(one)[name] for one in side if name in read(one)] for side in (base, trained)]
        if all(means):
            found[name] = [fmean(side) for side in means]
    return found


def table(seeds: Sequence[Seed]) -> str:
    """Two tables in Markdown: the gains, and what changed in each criterion."""
    head = ("| seed | steps | min | rubric | gain | p | gain, valid | of possible | second checks | gain | p "
            "| gain, valid | valid % | particulars right % | wrong per 100 | invented per 100 | missed STOPs | words "
            "| distinct-3 |")
    lines = [head, "| " + " | ".join(["---:"] * (head.count("|") - 1)) + " |", *(_row(seed) for seed in seeds)]
    names = list(dict.fromkeys(name for seed in seeds for name in seed.figures["criteria"]))
    lines += ["", "| criterion | " + " | ".join(f"seed {seed.number}" for seed in seeds) + " |",
              "| --- | " + " | ".join(["---:"] * len(seeds)) + " |"]
    for name in names:
        cells = [_arrow(seed.figures["criteria"].get(name), "{:.2f}") for seed in seeds]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _row(seed: Seed) -> str:
    figures = seed.figures

    def both(name: str, how: str) -> str:
        return _arrow([figures[side][name] for side in ("base", "trained")], how)

    cells = [str(seed.number), str(seed.steps), f"{seed.seconds / 60:.1f}"]
    for kind in ("rubric", "second"):
        found = figures[kind]
        cells += [_arrow([found["base"], found["trained"]], "{:.1f}"), f"{found['gain']:+.1f}", f"{found['p']:.4f}",
                  "" if found["gain_valid"] is None else f"{found['gain_valid']:+.1f}"]
        cells += [f"{100 * found['of_possible']:.0f} %"] if kind == "rubric" else []
    cells += [both("valid", "{:.1f}"), both("particulars_right", "{:.1f}"), both("particulars_wrong_per_100", "{:.1f}"),
              both("invented_per_100", "{:.1f}"), _arrow(figures["missed_stops"], "{:.0f}"), both("words", "{:.0f}"),
              both("distinct_3", "{:.3f}")]
    return "| " + " | ".join(cells) + " |"


def _arrow(pair: Sequence[float] | None, how: str) -> str:
    return " → ".join(how.format(value) for value in pair) if pair else ""
