# SPDX-License-Identifier: Apache-2.0
"""What the next training would use, and the request that starts it. Called on the vault's thread.

The scenarios to measure on are written from events and sentences that no training scenario uses, and always the same
ones, so that two trained versions can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.domain.library import AdapterVersion, RunRecord
from desktop.errors import ImportFileError, KnownError, TrainerError
from desktop.services.preferences import PreferencesService
from desktop.services.training import TrainingRequest, TrainingResult, keep
from desktop.services.training_inputs import find_trainable, generated_scenarios
from desktop.services.vault import VaultService
from trainer.practice.case import Case, CaseError
from trainer.practice.scenario import Scenario, parse_scenario_lines

HELD_OUT, HELD_OUT_SEED, SAMPLES = 60, 2, 2
EXAMPLES, EXAMPLES_SEED = 8, 3


@dataclass(frozen=True)
class Plan:
    """What is there to train with. `problem` says in one sentence what keeps a training from starting, "" if nothing.

    `model_note` is the caution that belongs to the model. `resumable` is a run that was stopped and can go on.
    """

    policies: int
    passages: int
    scenarios: int
    model: str
    model_note: str
    held_out: int
    problem: str = ""
    resumable: RunRecord | None = None


class TrainingPlanService:
    """See the module docstring."""

    def __init__(self, vault: VaultService, preferences: PreferencesService, assets: Path, models_folder: Path) -> None:
        self._vault, self._preferences = vault, preferences
        self._assets, self._models_folder = assets, models_folder
        self._held_out: list[Scenario] = []

    def plan(self) -> Plan:
        """What is there now."""
        library, model = self._vault.library, self._preferences.model()
        policies, passages, scenarios = len(library.policies()), len(library.passages()), len(library.scenario_lines())
        return Plan(
            policies,
            passages,
            scenarios,
            model.name,
            model.note,
            HELD_OUT,
            self._problem(passages, scenarios, model.name),
            self._resumable(),
        )

    def request(self, minutes: float, *, is_resumed: bool = False) -> TrainingRequest:
        """The job; raises a `KnownError` when something is missing."""
        library = self._vault.library
        record = self._resumable() if is_resumed else None
        request = TrainingRequest(
            model=find_trainable(self._assets, self._models_folder, self._preferences.model().name),
            scenarios=self._scenarios(),
            passages=library.passages(),
            held_out=self._measured_on(),
            samples=SAMPLES,
            minutes=minutes,
            seed=record.seed if record else len(library.runs()),
            checkpoint=library.checkpoint(record.id) if record else None,
        )
        if record is None:
            return request
        return TrainingRequest(**{**vars(request), "run_id": record.id, "created_at": record.created_at})

    def keep(self, request: TrainingRequest, result: TrainingResult) -> AdapterVersion | None:
        """Remember the run and its trained version, if it made one."""
        return keep(self._vault.library, request, result)

    def examples(self) -> list[Case]:
        """A few incidents to see base and trained version side by side on; none of them was trained on."""
        written = generated_scenarios(self._assets, 3 * EXAMPLES, "test", EXAMPLES_SEED)
        return [scenario.case for scenario in written if scenario.gold.form == "full"][:EXAMPLES]

    def _measured_on(self) -> list[Scenario]:
        if not self._held_out:
            self._held_out = generated_scenarios(self._assets, HELD_OUT, "test", HELD_OUT_SEED)
        return self._held_out

    def _scenarios(self) -> list[Scenario]:
        try:
            return parse_scenario_lines("\n".join(self._vault.library.scenario_lines()))
        except CaseError:
            raise TrainerError(
                "A scenario in the vault is broken; let the program write the scenarios anew.", code="scenarios-broken"
            ) from None

    def _problem(self, passages: int, scenarios: int, model: str) -> str:
        if not passages:
            return "Add your policies first, or load the sample school to try it out."
        if not scenarios:
            return "There are no scenarios to practise on yet; let the program write some."
        try:
            find_trainable(self._assets, self._models_folder, model)
        except (ImportFileError, TrainerError) as error:
            return _sentence(error)
        return ""

    def _resumable(self) -> RunRecord | None:
        last = next(iter(self._vault.library.runs()), None)
        has_state = last is not None and self._vault.library.checkpoint(last.id) is not None
        return last if has_state else None


def _sentence(error: KnownError) -> str:
    return error.sentence
