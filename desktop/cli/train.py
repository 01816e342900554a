# SPDX-License-Identifier: Apache-2.0
"""`circlekeeper train`: trains on scenarios and policies, and writes the proved adapter with everything measured.

Into the folder of --out come, readable by the user alone: `result.json` (seeds, figures, library versions, hashes), and
`adapter.gguf`, or after a stop `checkpoint.safetensors`, with which --resume goes on. They hold what was learned from
the school's texts and are not encrypted; the window keeps them in the vault instead.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop import paths, wiring
from desktop.cli.reading import read_policies, read_text
from desktop.cli.running import Watcher, stop_on_interrupt, whole_number
from desktop.domain import run as domain
from desktop.errors import ImportFileError, TrainerError
from desktop.services.training import TrainingRequest, TrainingResult
from desktop.services.training_inputs import (
    find_trainable,
    generated_scenarios,
    named_recipe,
    parse_recipe,
    sample_policies_folder,
)
from trainer.practice.citations import Passage
from trainer.practice.scenario import Scenario, parse_scenario_lines

GENERATED, GENERATED_SEED = 250, 1
HELD_OUT_SEED = 2
RESULT, ADAPTER, CHECKPOINT = "result.json", "adapter.gguf", "checkpoint.safetensors"
TRIAL = "writable"
MAX_MINUTES = 7 * 24 * 60


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser: argparse.ArgumentParser = commands.add_parser("train", help="train on scenarios and policies")
    parser.add_argument("--recipe", default="restorative", metavar="NAME|FILE.toml", help="default: restorative")
    parser.add_argument("--scenarios", metavar="FILE.jsonl", help=f"default: {GENERATED} generated ones")
    parser.add_argument("--policies", metavar="DIR", help="default: the sample school's")
    parser.add_argument("--model", metavar="NAME|FOLDER", help="default: the starter")
    parser.add_argument("--seed", type=whole_number, default=0, metavar="N", help="default 0")
    parser.add_argument("--minutes", type=_minutes, default=0.0, metavar="N", help="of training alone")
    parser.add_argument("--held-out", type=whole_number, default=0, metavar="N",
                        help="score before and after on N generated test scenarios (default 0)")
    parser.add_argument("--resume", action="store_true", help=f"go on from the {CHECKPOINT} in --out")
    parser.add_argument("--out", required=True, metavar="DIR", help="the folder for the results")


def run(args: argparse.Namespace) -> int:
    """Train, show progress on stderr, and write the results."""
    out = _out_folder(Path(args.out), is_resumed=args.resume)
    request = _request(args, out)
    watcher = Watcher()
    service = wiring.training_service()
    with stop_on_interrupt(service.stop):
        result = service.train(request, watcher.take)
    watcher.close()
    _write_results(out, request, result)
    return _tell(out, result, watcher)


def _request(args: argparse.Namespace, out: Path) -> TrainingRequest:
    assets = paths.assets_folder()
    recipe = parse_recipe(read_text(args.recipe)) if args.recipe.endswith(".toml") else named_recipe(args.recipe)
    return TrainingRequest(
        model=find_trainable(assets, paths.models_folder(), args.model),
        scenarios=_scenarios(args.scenarios, assets),
        passages=read_policies(args.policies or str(sample_policies_folder(assets))),
        recipe=recipe,
        held_out=generated_scenarios(assets, args.held_out, "test", HELD_OUT_SEED),
        seed=args.seed,
        minutes=args.minutes,
        checkpoint=_checkpoint(out) if args.resume else None,
    )


def _scenarios(file: str | None, assets: Path) -> Sequence[Scenario]:
    if file is None:
        return generated_scenarios(assets, GENERATED, "train", GENERATED_SEED)
    scenarios = parse_scenario_lines(read_text(file))
    if not scenarios:
        raise ImportFileError(f"{Path(file).name} holds no scenario.")
    return scenarios


def _checkpoint(out: Path) -> bytes:
    try:
        return (out / CHECKPOINT).read_bytes()
    except OSError:
        raise ImportFileError(f"There is no {CHECKPOINT} in the folder of --out to go on from; train without --resume."
                              ) from None


def _out_folder(out: Path, *, is_resumed: bool) -> Path:
    """Tried before the run: hours of work must not end at a folder that cannot be written."""
    if (out / ADAPTER).exists() and not is_resumed:
        raise ImportFileError("The folder of --out already holds a trained version; choose another folder.")
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(out / TRIAL, b"")
        (out / TRIAL).unlink()
    except OSError:
        raise ImportFileError("The folder of --out cannot be written; check its path and permissions.") from None
    return out


def _write_results(out: Path, request: TrainingRequest, result: TrainingResult) -> None:
    files = {ADAPTER: result.adapter, CHECKPOINT: result.checkpoint}
    try:
        for name, data in files.items():
            if data is not None:
                _write(out / name, data)
        if result.state.status == domain.DONE:
            (out / CHECKPOINT).unlink(missing_ok=True)
        figures = json.dumps(_figures(request, result), indent=2, ensure_ascii=False)
        _write(out / RESULT, figures.encode("utf-8") + b"\n")
    except OSError:
        raise TrainerError("The results could not be written; check the free space of the folder of --out.",
                           code="not-written") from None


def _figures(request: TrainingRequest, result: TrainingResult) -> dict[str, Any]:
    return {
        "seed": request.seed, "recipe": request.recipe, "minutes": request.minutes, "model": request.model.name,
        "resumed": request.checkpoint is not None,
        "scenarios": {"count": len(request.scenarios), "sha256": _scenarios_sha256(request.scenarios)},
        "held_out": {"count": len(request.held_out), "sha256": _scenarios_sha256(request.held_out),
                     "samples": request.samples},
        "passages": {"count": len(request.passages), "sha256": _passages_sha256(request.passages)},
        "practice_sha256": wiring.practice().sha256,
        **result.figures(),
    }


def _tell(out: Path, result: TrainingResult, watcher: Watcher) -> int:
    state = result.state
    if state.failure is not None:
        raise TrainerError(state.failure.sentence, code=state.failure.code)
    if result.rejection:
        raise TrainerError(result.rejection, code="rejected")
    watcher.say(f"{state.steps} steps in {state.seconds / 60:.1f} min.")
    if result.comparison is not None:
        watcher.say(f"Held-out score: {result.comparison.total[0]:.1f} before, {result.comparison.total[1]:.1f} after.")
    if result.adapter is not None:
        watcher.say(f"The trained version passed its conversion proof and stands in {out / ADAPTER}.")
    if result.checkpoint is not None:
        watcher.say("Stopped and saved; go on with --resume.")
    return 0


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, and readable by the user alone."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def _scenarios_sha256(scenarios: Sequence[Scenario]) -> str:
    return hashlib.sha256("\n".join(scenario.to_line() for scenario in scenarios).encode("utf-8")).hexdigest()


def _passages_sha256(passages: Sequence[Passage]) -> str:
    rows = [[passage.id, passage.heading, passage.text] for passage in passages]
    return hashlib.sha256(json.dumps(rows).encode("utf-8")).hexdigest()


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 < minutes <= MAX_MINUTES:
        raise argparse.ArgumentTypeError(f"must be a number of minutes above 0, at most {MAX_MINUTES}")
    return minutes
