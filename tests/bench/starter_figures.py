# SPDX-License-Identifier: Apache-2.0
"""What the starter can do: 200 generated scenarios of held-out template families, one answer each, no grammar.

    python tests/bench/starter_figures.py [--model GGUF] [--count N] [--seed N] [--show N] [--json FILE]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from answers import Written, grade, summary
from machine import tell
from particulars import mentions
from sampling import STARTER, Speed, held_out, tasks_for, write_answers
from second_checks import invented_people

from trainer.llama import LlamaModel
from trainer.practice.prompt import user_text
from trainer.prompts import Task

ENVIRONMENT = "trainer"
UNITS = {"words": "words", "particulars_named": "per answer", "distinct_3": "ratio", "rubric": "of 100",
         "second": "of 100", "invented_per_100": "per 100 answers", "particulars_wrong_per_100": "per 100 answers"}


def main(arguments: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    tasks = tasks_for(held_out(args.count, args.scenario_seed))
    with LlamaModel(args.model, args.threads) as model:
        written, speed = write_answers(model, tasks, 1, args.seed)
    figures = measure(tasks, written, speed)
    tell("starter", figures, args.json, count=args.count, seed=args.seed, scenario_seed=args.scenario_seed)
    for task, answer in list(zip(tasks, written, strict=True))[: args.show]:
        print(f"\n{'=' * 100}\n{shown(task, answer)}")
    return 0


def measure(tasks: Sequence[Task], written: Sequence[Written], speed: Speed) -> dict[str, tuple[float, str]]:
    """Every figure with its unit."""
    found = summary(grade(tasks, written), [one.text for one in written])
    figures = {name: (value, UNITS.get(name, "%")) for name, value in found.items()}
    return {**figures, "sampling": (speed.tokens / speed.seconds, "tokens/s"),
            "tokens": (speed.tokens / len(written), "per answer")}


def shown(task: Task, answer: Written) -> str:
    """An incident with the answer to it, its gold and its grades."""
    graded = grade([task], [answer])[0]
    case, gold = task.scenario.case, task.scenario.gold
    parts = ", ".join(f"{name} {value:.1f}" for name, value in graded.second_parts.items())
    wrong = [one.words for one in mentions(case, gold, answer.text) if not one.is_right]
    return (f"{task.scenario.id} ({task.scenario.gold.level} {' '.join(task.scenario.gold.codes)})\n"
            f"{user_text(case, task.passages)}\n{'-' * 40}\n{answer.text}\n{'-' * 40}\n"
            f"valid {graded.valid}, rubric {graded.total:.1f}, second {graded.second:.1f} ({parts}), "
            f"particulars {graded.particulars[0]} right, wrong: {wrong}, "
            f"invented: {invented_people(case, answer.text)}, missed stop {graded.missed_stop}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=STARTER)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenario-seed", type=int, default=4021)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N answers with their incident")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--threads", type=int, help="1 on a machine that is busy with other work; default: all cores")
    parser.add_argument("--long", action="store_true", help="no difference: the figures are defined on --count")
    return parser


if __name__ == "__main__":
    sys.exit(main())
