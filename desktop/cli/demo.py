# SPDX-License-Identifier: Apache-2.0
"""`circlekeeper demo`: the main job in one go without a screen, on an invented incident of the sample school.

The starter suggests, is trained on generated scenarios and the sample school's policies, is converted and proved, and
suggests again for the same incident. One answer may be a lucky one, so both scores are means over several answers; the
first answer of each is the one that is shown. Nothing is written to the disk.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from desktop import paths, wiring
from desktop.cancel import CancelToken
from desktop.cli import gate as gate_command
from desktop.cli.reading import read_policies, read_text
from desktop.cli.running import Watcher, stop_on_interrupt
from desktop.errors import TrainerError
from desktop.services.suggestion import Finished, GateChecked, PassagesChosen, SuggestionEvent, SuggestionOutcome, Wrote
from desktop.services.training import TrainingRequest, TrainingResult
from desktop.services.training_inputs import find_trainable, generated_scenarios, named_recipe, sample_policies_folder
from desktop.wiring import Services
from trainer.practice.case import Case, parse_case_json
from trainer.practice.citations import Passage

INCIDENT = "15-hallway-shove.json"
SCENARIOS, SCENARIOS_SEED = 250, 1
ANSWERS = 8
MAX_MINUTES = 240


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser: argparse.ArgumentParser = commands.add_parser("demo", help="suggest, train and suggest again, on a sample")
    parser.add_argument("--minutes", type=_minutes, default=6.0, metavar="N", help="of training (default 6)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default 0")


def run(args: argparse.Namespace) -> int:
    """The whole demonstration; the suggestions go to stdout, the progress to stderr."""
    school = paths.assets_folder() / "sample-school"
    case = parse_case_json(read_text(str(school / "incidents" / INCIDENT)))
    passages = read_policies(str(sample_policies_folder(paths.assets_folder())))
    _title("The incident (invented, of the sample school)")
    print(case.narrative)
    before = _answers("The starter's suggestion, before training", case, passages, None)
    _title(f"Training on the sample school's policies for {args.minutes:g} minutes")
    result = _train(passages, args.minutes, args.seed)
    after = _answers("The trained version's suggestion", case, passages, result.adapter)
    _title("Before and after")
    print(summary(result, before, after))
    return 0


def _answers(title: str, case: Case, passages: Sequence[Passage], adapter: bytes | None) -> list[SuggestionOutcome]:
    """The first answer is printed as it streams, the others are only scored.

    The answer process is ended before the training starts, so that both do not hold a model at once.
    """
    services = wiring.build()
    services.suggestions.model = services.models.choose(None)
    _title(title)
    try:
        first = _answer(services, case, passages, adapter, 0, shown=True)
        others = [_answer(services, case, passages, adapter, seed, shown=False) for seed in range(1, ANSWERS)]
    finally:
        services.close()
    return [first, *others]


def _answer(
    services: Services, case: Case, passages: Sequence[Passage], adapter: bytes | None, seed: int, *, shown: bool
) -> SuggestionOutcome:
    take = _Printer().take if shown else _ignore
    return services.suggestions.suggest(case, passages, adapter, take, CancelToken(), seed=seed)


def _train(passages: Sequence[Passage], minutes: float, seed: int) -> TrainingResult:
    assets = paths.assets_folder()
    request = TrainingRequest(
        model=find_trainable(assets, paths.models_folder(), None),
        scenarios=generated_scenarios(assets, SCENARIOS, "train", SCENARIOS_SEED),
        passages=passages,
        recipe=named_recipe("restorative"),
        seed=seed,
        minutes=minutes,
    )
    watcher, service = Watcher(), wiring.training_service()
    with stop_on_interrupt(service.stop):
        result = service.train(request, watcher.take)
    watcher.close()
    if result.state.failure is not None:
        raise TrainerError(result.state.failure.sentence, code=result.state.failure.code)
    if result.adapter is None:
        raise TrainerError(result.rejection or "The training was stopped before there was a trained version.")
    return result


def summary(result: TrainingResult, before: Sequence[SuggestionOutcome], after: Sequence[SuggestionOutcome]) -> str:
    """The figures of the demonstration, as lines of text."""
    state, proof = result.state, result.state.proof
    lines = [f"{state.steps} training steps in {state.seconds / 60:.1f} minutes on {state.device or 'this machine'}."]
    if proof is not None:
        lines.append(f"Converted to GGUF and proved: token ids equal over {proof.positions} positions, "
                     f"logits NMSE {proof.nmse:.1e}.")
    lines.append(f"Rubric score of this incident, mean of {len(before)} answers: "
                 f"{mean_total(before):.1f} before, {mean_total(after):.1f} after (of 100).")
    lines.append(f"The two answers above: {total(before[0]):.1f} and {total(after[0]):.1f}.")
    lines.append("One incident shows how it works; what training gains is measured with `circlekeeper compare`.")
    return "\n".join(lines)


def total(outcome: SuggestionOutcome) -> float:
    """The rubric's score of an answer; one that may not be shown counts nothing."""
    return outcome.rubric.total if outcome.rubric is not None else 0.0


def mean_total(outcomes: Sequence[SuggestionOutcome]) -> float:
    return fmean(total(outcome) for outcome in outcomes)


class _Printer:
    """Prints a suggestion as it comes."""

    def __init__(self) -> None:
        self._where = ""

    def take(self, event: SuggestionEvent) -> None:
        if isinstance(event, GateChecked):
            print(gate_command.as_text(event.result))
        elif isinstance(event, PassagesChosen):
            print("Policy passages: " + (", ".join(passage.id for passage in event.passages) or "none"))
        elif isinstance(event, Wrote):
            self._head(event.piece.where)
            print(event.piece.text, end="", flush=True)
        elif isinstance(event, Finished):
            self._finish(event.outcome)

    def _head(self, where: str) -> None:
        if where != self._where:
            self._where = where
            print(f"\n\n[{'Reasoning' if where == 'reasoning' else where}]")

    def _finish(self, outcome: SuggestionOutcome) -> None:
        for reason in outcome.discarded:
            print(f"\nThe model's answer is not shown: {reason}.", file=sys.stderr)
        for heading, text in outcome.handoff.items():
            self._head(heading)
            print(text)
        print(f"\n\nRubric: {total(outcome):.1f} of 100; {outcome.tokens} tokens in {outcome.seconds:.1f} s.")


def _ignore(event: SuggestionEvent) -> None:
    """For answers that are only scored."""


def _title(text: str) -> None:
    print(f"\n=== {text} ===\n", flush=True)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 < minutes <= MAX_MINUTES:
        raise argparse.ArgumentTypeError(f"must be a number of minutes above 0, at most {MAX_MINUTES}")
    return minutes
