# SPDX-License-Identifier: Apache-2.0
"""`circlekeeper compare`: the base model and a trained version answer the same scenarios, and both are scored.

Both answer without the gate and without grammar, at the temperature of training, with the same seeds.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from desktop import paths, wiring
from desktop.cli.reading import read_policies, read_text
from desktop.cli.running import Watcher, stop_on_interrupt, whole_number
from desktop.errors import ImportFileError, TrainerError
from desktop.services.models import read_adapter
from desktop.services.training import TrainingRequest
from desktop.services.training_inputs import find_trainable, named_recipe, parse_recipe, sample_policies_folder
from trainer.practice.scenario import parse_scenario_lines
from trainer.practice.statistics import Comparison


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser: argparse.ArgumentParser = commands.add_parser("compare", help="score a trained version against its base")
    parser.add_argument("--scenarios", required=True, metavar="FILE.jsonl", help="held-out scenarios")
    parser.add_argument("--adapter", required=True, metavar="PATH", help="the trained version (.gguf)")
    parser.add_argument("--policies", metavar="DIR", help="default: the sample school's")
    parser.add_argument("--model", metavar="NAME|FOLDER", help="default: the starter")
    parser.add_argument("--recipe", default="restorative", metavar="NAME|FILE.toml", help="default: restorative")
    parser.add_argument("--samples", type=_count, default=4, metavar="K", help="answers per scenario (default 4)")
    parser.add_argument("--seed", type=whole_number, default=0, metavar="N", help="default 0")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Compare and print the table."""
    request, adapter = _request(args), read_adapter(Path(args.adapter))
    watcher = Watcher()
    service = wiring.training_service()
    with stop_on_interrupt(lambda mode: service.stop("now")):
        comparison, state = service.compare(request, adapter, watcher.take)
    watcher.close()
    if state.failure is not None:
        raise TrainerError(state.failure.sentence, code=state.failure.code)
    if comparison is None:
        raise TrainerError("The comparison was stopped before there was anything to compare.", code="nothing-compared")
    if args.json:
        print(json.dumps({"seed": args.seed, "samples": args.samples, "stopped": state.status == "stopped",
                          "model": request.model.name, **comparison.to_json()}))
    else:
        print(table(comparison))
    return 0


def table(comparison: Comparison) -> str:
    """The comparison as text, one measure a line."""
    gain_valid = comparison.gain_valid
    rows = [
        _row("score of 100", comparison.total, 1),
        ("  of valid answers", "", "", "-" if gain_valid is None else f"{gain_valid:+.1f}"),
        _row("valid answers, %", _percent(comparison.valid), 1),
        _row("invented people, %", _percent(comparison.invented_people), 1),
        _row("wrong particulars, %", _percent(comparison.wrong_particulars), 1),
        _row("missed STOPs", comparison.missed_stops, 0),
        _row("words", comparison.words, 0),
        *(_row(f"{name} of 4", pair, 2) for name, pair in comparison.criteria.items()),
    ]
    return "\n".join([
        f"{'':22}{'base':>10}{'trained':>10}{'change':>10}",
        *(f"{name:22}{before:>10}{after:>10}{change:>10}" for name, before, after, change in rows),
        f"{comparison.scenarios} scenarios, {comparison.answers} answers; sign-flip p = {comparison.p_value:.4f}",
        f"gain over what was left to gain: {comparison.share_of_possible_gain:.0%}",
    ])


def _row(name: str, pair: tuple[float, float], digits: int) -> tuple[str, str, str, str]:
    before, after = pair
    return name, f"{before:.{digits}f}", f"{after:.{digits}f}", f"{after - before:+.{digits}f}"


def _percent(shares: tuple[float, float]) -> tuple[float, float]:
    return 100 * shares[0], 100 * shares[1]


def _request(args: argparse.Namespace) -> TrainingRequest:
    assets = paths.assets_folder()
    scenarios = parse_scenario_lines(read_text(args.scenarios))
    if not scenarios:
        raise ImportFileError(f"{Path(args.scenarios).name} holds no scenario.")
    return TrainingRequest(
        model=find_trainable(assets, paths.models_folder(), args.model),
        scenarios=(), held_out=scenarios,
        passages=read_policies(args.policies or str(sample_policies_folder(assets))),
        recipe=parse_recipe(read_text(args.recipe)) if args.recipe.endswith(".toml") else named_recipe(args.recipe),
        samples=args.samples, seed=args.seed,
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 1000")
    return int(text)
