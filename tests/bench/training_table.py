# SPDX-License-Identifier: Apache-2.0
"""What training gains: for each seed a real run, then base against trained on held-out scenarios, scored twice.

    python tests/bench/training_table.py --minutes 25 [--seeds 1 2 3] [--out FOLDER] [--model FOLDER] [--app PYTHON]
    python tests/bench/training_table.py --adapter adapter.gguf --seeds 1

A seed that is finished is not run again; its answers are kept as texts and graded anew each time. Without --minutes
and --adapter only what is finished is told. Per seed the folder gets `pairs.md`, 20 blind pairs, and `pairs.key.json`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from answers import Written, grade, load, save
from blind_pairs import write_pairs
from machine import ROOT, machine
from sampling import held_out, tasks_for, write_answers
from training_gain import Seed, compare, table

from trainer.llama import LlamaModel
from trainer.prompts import Task

ENVIRONMENT = "trainer"
STOP_SAMPLES = 8
SAMPLING_SEED = 1
BASE, TRAINED = "base.jsonl", "trained.jsonl"


def main(arguments: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    tasks = tasks_for(held_out(args.scenarios))
    finished = []
    for seed in args.seeds:
        folder = args.out / f"seed-{seed}"
        if args.minutes or args.adapter:
            _train(args, seed, folder)
            _answer(args, seed, folder, tasks)
        if (folder / TRAINED).is_file() and (args.out / BASE).is_file():
            finished.append(_graded(args, seed, folder, tasks))
    if finished:
        text = table(finished)
        print(text)
        figures = {"machine": machine(), "seeds": [seed.figures for seed in finished]}
        (args.out / "figures.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
        (args.out / "table.md").write_text(text + "\n", "utf-8")
        for seed in finished:
            print(f"training, seed {seed.number}: gain\t{seed.figures['rubric']['gain']:.1f}\tof 100")
    return 0


def _train(args: argparse.Namespace, seed: int, folder: Path) -> None:
    """`circlekeeper train` on 250 generated scenarios and the sample school's policies, in the app's environment."""
    if args.adapter or (folder / "train" / "adapter.gguf").is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    command = [args.app, "-m", "desktop", "train", "--seed", seed, "--minutes", args.minutes, "--out", folder / "train"]
    if args.model:
        command += ["--model", args.model]
    if args.recipe:
        command += ["--recipe", args.recipe]
    if (folder / "train" / "checkpoint.safetensors").is_file():
        command.append("--resume")
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True)


def _answer(args: argparse.Namespace, seed: int, folder: Path, tasks: Sequence[Task]) -> None:
    """Both sides answer, on the same random numbers for all seeds: the base once, each trained version once."""
    folder.mkdir(parents=True, exist_ok=True)
    adapter = args.adapter or folder / "train" / "adapter.gguf"
    model_folder = args.model or ROOT / "assets" / "starter"
    gguf = next(iter(sorted(model_folder.glob("*.gguf"))))
    with LlamaModel(gguf, args.threads) as model:
        for path, data in ((args.out / BASE, None), (folder / TRAINED, adapter.read_bytes())):
            if not path.is_file():
                print(f"seed {seed}: {path.stem} answers ...", file=sys.stderr, flush=True)
                save(path, _both_lengths(model, tasks, args.samples, SAMPLING_SEED, data))


def _both_lengths(
    model: LlamaModel, tasks: Sequence[Task], samples: int, seed: int, adapter: bytes | None,
) -> list[Written]:
    """More answers where a STOP can be missed than elsewhere."""
    stops = [task for task in tasks if task.scenario.gold.level == "STOP"]
    others = [task for task in tasks if task.scenario.gold.level != "STOP"]
    written, _ = write_answers(model, others, samples, seed, adapter)
    return written + write_answers(model, stops, max(samples, STOP_SAMPLES), seed, adapter)[0]


def _graded(args: argparse.Namespace, seed: int, folder: Path, tasks: Sequence[Task]) -> Seed:
    samples = args.samples
    base, trained = load(args.out / BASE), load(folder / TRAINED)
    write_pairs(folder, tasks, base, trained, seed)
    result = folder / "train" / "result.json"
    run = json.loads(result.read_text("utf-8")) if result.is_file() else {}
    texts = [[one.text for one in side if one.sample < samples] for side in (base, trained)]
    found = compare(grade(tasks, base), grade(tasks, trained), texts[0], texts[1], samples, seed)
    (folder / "figures.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return Seed(seed, int(run.get("steps", 0)), float(run.get("seconds", 0.0)), found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, help="of training, for each seed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "training-table")
    parser.add_argument("--scenarios", type=int, default=90)
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--adapter", type=Path, help="compare this trained version instead of training one")
    parser.add_argument("--model", type=Path, help="a folder with weights and a GGUF file; default: the starter")
    parser.add_argument("--recipe", help="as for `circlekeeper train`")
    scripts = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    parser.add_argument("--app", type=Path, default=ROOT / ".venv" / scripts, help="Python of the app's environment")
    parser.add_argument("--threads", type=int, help="for the answers; 1 on a busy machine; default: all cores")
    parser.add_argument("--long", action="store_true", help="no difference: a run is asked for with --minutes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
