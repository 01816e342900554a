# SPDX-License-Identifier: Apache-2.0
"""Pairs of answers to read without knowing which is the base's and which the trained version's; the key lies apart."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

from answers import Written

from trainer.practice.prompt import user_text
from trainer.prompts import Task

PAIRS = 20


def write_pairs(
    folder: Path, tasks: Sequence[Task], base: Sequence[Written], trained: Sequence[Written], seed: int,
) -> None:
    """Write `pairs.md` and `pairs.key.json`; the choice and the order follow from the seed."""
    rng = random.Random(f"pairs-{seed}")
    sides = [{one.scenario_id: one.text for one in side if one.sample == 0} for side in (base, trained)]
    chosen = rng.sample(sorted((t for t in tasks if all(t.scenario.id in side for side in sides)),
                               key=lambda task: task.scenario.id), k=min(PAIRS, len(tasks)))
    parts, key = [], {}
    for number, task in enumerate(chosen, start=1):
        order = ["base", "trained"]
        rng.shuffle(order)
        texts = {"base": sides[0][task.scenario.id], "trained": sides[1][task.scenario.id]}
        key[str(number)] = {"scenario": task.scenario.id, "A": order[0], "B": order[1]}
        parts.append(f"# Pair {number}\n\n{user_text(task.scenario.case, task.passages)}\n\n"
                     f"---------- A\n\n{texts[order[0]]}\n\n---------- B\n\n{texts[order[1]]}\n")
    (folder / "pairs.md").write_text("\n\n".join(parts), "utf-8")
    (folder / "pairs.key.json").write_text(json.dumps(key, indent=2) + "\n", "utf-8")
