# SPDX-License-Identifier: Apache-2.0
"""How well the starter tells reports apart, by the one word that decides between its two forms: a quick look.

    python tests/bench/starter_decision.py [--model GGUF] [--count N] [--split test|dev|train]

The starter's reasoning opens with a question, and "No" or "Yes" to it decides the form (`trainer/starter/corpus.py`).
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from machine import ROOT, tell
from sampling import STARTER, tasks_for

from trainer.llama import Ask, LlamaModel
from trainer.practice.generator import generate, load_banks

ENVIRONMENT = "trainer"
SCENARIO_SEED, TOKENS = 4021, 24


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=STARTER)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--split", choices=("train", "dev", "test"), default="test")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--long", action="store_true", help="no difference: --count says how many")
    args = parser.parse_args(arguments)
    banks = load_banks(ROOT / "assets" / "practice" / "scenarios")
    tasks = tasks_for(generate(banks, args.count, args.split, SCENARIO_SEED))
    with LlamaModel(args.model) as model:
        asks = [Ask(model.prompt_ids(task.messages), [1]) for task in tasks]
        said = [model.text(ids[0]) for ids in model.sample(asks, max_tokens=TOKENS, temperature=0.0)]
    right: dict[str, list[bool]] = defaultdict(list)
    for task, text in zip(tasks, said, strict=True):
        gold = task.scenario.gold
        word = text.partition("? ")[2][:3]
        right[gold.level].append(word == "Yes" if gold.form == "handoff" else word.startswith("No"))
    every = [one for found in right.values() for one in found]
    found = {"all reports": every, **{f"{level} reports": right[level] for level in sorted(right)}}
    figures = {f"{name} decided rightly": (100 * sum(ones) / len(ones), "%") for name, ones in found.items()}
    tell(f"decision, {args.split}", figures, args.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
