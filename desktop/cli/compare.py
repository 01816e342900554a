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
from desktop.domain.comparison import Comparison
from desktop.errors import ImportFileError, TrainerError
from desktop.services.models import read_adapter
from desktop.services.training import TrainingRequest, comparison_figures
from desktop.services.training_inputs import find_trainable, named_recipe, parse_recipe, sample_policies_folder
from trainer.practice.scenario import parse_scenario_lines


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
        figures = comparison_figures(comparison)
        print(json.dumps({"seed": args.seed, "samples": args.samples, "stopped": state.status == "stopped",
                          "model": request.model.name, **(figures or {})}))
    else:
        print(table(comparison))
    return 0


def table(comparison: Comparison) -> str:
    """The comparison as text, one measure a line."""
    rows = [
        ("score, all answers", _number(comparison.before), _number(comparison.after), _signed(comparison.gain)),
        ("score, valid answers", _number(comparison.before_valid), _number(comparison.after_valid),
         _signed(comparison.gain_valid)),
        ("valid answers, %", *(f"{share:.1%}".rstrip("%") for share in comparison.valid_share),
         _signed(100 * (comparison.valid_share[1] - comparison.valid_share[0]))),
        ("missed STOPs", *(str(count) for count in comparison.missed_stops),
         f"{comparison.missed_stops[1] - comparison.missed_stops[0]:+d}"),
        *((name, f"{before:.2f}", f"{after:.2f}", f"{after - before:+.2f}")
          for name, (before, after) in comparison.criteria.items()),
    ]
    lines = [f"{'':22}{'base':>10}{'trained':>10}{'change':>10}"]
    lines += [f"{name:22}{before:>10}{after:>10}{change:>10}" for name, before, after, change in rows]
    return "\n".join([
        *lines,
        f"{comparison.scenarios} scenarios, {comparison.answers} answers; sign-flip p = {comparison.p_value:.4f}",
        f"gain over what was left to gain: {comparison.share_of_possible_gain:.0%}",
    ])


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


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.1f}"


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 1000")
    return int(text)
