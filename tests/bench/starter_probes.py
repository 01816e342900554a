# SPDX-License-Identifier: Apache-2.0
"""Two quick looks into the starter: does it tell reports apart, and does it look back?

    python tests/bench/starter_probes.py [--model GGUF] [--count N] [--split test|dev|train] [--json FILE]

Its reasoning opens with a question, and "No" or "Yes" to it decides the form (`trainer/starter/corpus.py`): the first
probe writes that word alone, with the severity that staff may have entered and without it. The second repeats random
tokens and counts how many of the repetition it foresees: a model that cannot do that recites what it was trained on
instead of copying from the report.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from machine import tell
from sampling import STARTER, held_out, tasks_for

from trainer.llama import Ask, LlamaModel
from trainer.practice.scenario import Scenario

ENVIRONMENT = "trainer"
SCENARIO_SEED, DECISION_TOKENS = 4021, 24
REPEATED_TOKENS, REPETITIONS = 60, 20
#: The ids below are format tokens.
FIRST_PLAIN_ID = 3


def decisions(model: LlamaModel, scenarios: list[Scenario], named: str) -> dict[str, tuple[float, str]]:
    """Share of right decisions, over all reports and by the level of their gold."""
    tasks = tasks_for(scenarios)
    asks = [Ask(model.prompt_ids(task.messages), [1]) for task in tasks]
    said = [model.text(ids[0]) for ids in model.sample(asks, max_tokens=DECISION_TOKENS, temperature=0.0)]
    right: dict[str, list[bool]] = defaultdict(list)
    for task, text in zip(tasks, said, strict=True):
        gold = task.scenario.gold
        word = text.partition("? ")[2]
        right[gold.level].append(word.startswith("Yes" if gold.form == "handoff" else "No"))
    every = [one for found in right.values() for one in found]
    groups = {"all reports": every, **{f"{level} reports": right[level] for level in sorted(right)}}
    return {f"{name} decided rightly, {named}": (100 * sum(ones) / len(ones), "%") for name, ones in groups.items()}


def repetition(model: LlamaModel) -> float:
    """Share of repeated random tokens that are foreseen, in percent."""
    rng = np.random.default_rng(7)
    right = []
    for _ in range(REPETITIONS):
        ids = np.tile(rng.integers(FIRST_PLAIN_ID, model.vocabulary, REPEATED_TOKENS), 2)
        foreseen = model.logits(ids.tolist()).argmax(axis=1)
        right.append(foreseen[REPEATED_TOKENS:-1] == ids[REPEATED_TOKENS + 1 :])
    return 100 * float(np.mean(right))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=STARTER)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--split", choices=("train", "dev", "test"), default="test")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--long", action="store_true", help="no difference: --count says how many")
    args = parser.parse_args(arguments)
    with LlamaModel(args.model) as model:
        scenarios = held_out(args.count, SCENARIO_SEED, args.split)
        silent = [replace(one, case=replace(one.case, severity=None)) for one in scenarios]
        figures = decisions(model, scenarios, args.split)
        figures |= decisions(model, silent, f"{args.split}, no severity entered")
        figures["repeated random tokens foreseen"] = (repetition(model), "%")
    tell("probes", figures, args.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
