# SPDX-License-Identifier: Apache-2.0
"""Training on the school's policies: what will be used, the run as it goes, its result, and the version in use."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.domain import run as domain
from desktop.domain.library import AdapterVersion, Policy
from desktop.domain.run import RunEvent, RunState
from desktop.errors import CirclekeeperError
from desktop.services.policies import PoliciesService
from desktop.services.training import TrainingRequest, TrainingResult, TrainingService
from desktop.services.training_plan import Plan, TrainingPlanService
from desktop.services.versions import VersionsService
from desktop.tasks import Tasks
from desktop.viewmodels.errors import sentence_of
from trainer.practice.contract import REASONING_CLOSE, REASONING_OPEN

READY, RUNNING, KEEPING, RESULT = "ready", "running", "keeping", "result"
MINUTES = (5, 10, 20, 30, 60, 120)
USUAL_MINUTES = 20
#: The phases of a run in which something is trained, in order.
PHASES = ("loading", "baseline", "training", "saving", "converting", "proving", "comparing")


class TrainingViewModel(QObject):
    """`stage` is one of the four words above. `run_changed` tells a run's steps, `changed` everything else."""

    changed = Signal()
    run_changed = Signal()
    told = Signal(str)

    def __init__(
        self,
        training: Callable[[], TrainingService],
        plans: TrainingPlanService,
        policies: PoliciesService,
        versions: VersionsService,
        tasks: Tasks,
    ) -> None:
        super().__init__()
        self._new_training, self._plans, self._policies, self._versions = training, plans, policies, versions
        self._tasks = tasks
        self._training: TrainingService | None = None
        self._stop_mode = ""
        self._on_over: Callable[[], None] | None = None
        self.stage = READY
        self.plan: Plan | None = None
        self.policies: list[Policy] = []
        self.versions: list[AdapterVersion] = []
        self.active: str | None = None
        self.can_roll_back = False
        self.run = RunState()
        self.result: TrainingResult | None = None
        self.version: AdapterVersion | None = None
        self.sentence = ""

    @property
    def is_running(self) -> bool:
        return self.stage in (RUNNING, KEEPING)

    @property
    def is_stopping(self) -> bool:
        return bool(self._stop_mode)

    def refresh(self) -> None:
        """Read again what is there."""
        self._tasks.on_store(self._read, self._show, self._on_failed)

    def add_sample_school(self) -> None:
        """Load the invented school's policies."""
        self._change(self._policies.add_sample_school, self.tr("The sample school's policies were loaded."))

    def add_policies(self, files: list[str]) -> None:
        """Add policy documents."""
        if files:
            paths = [Path(file) for file in files]
            self._change(partial(self._policies.add_files, paths), self.tr("The policies were added."))

    def remove_policy(self, policy_id: str) -> None:
        """Remove a policy."""
        self._change(partial(self._policies.remove, policy_id), self.tr("The policy was removed."))

    def write_scenarios(self) -> None:
        """Let the program write scenarios to practise on."""
        self._change(self._policies.write_scenarios, self.tr("The scenarios were written."))

    def start(self, minutes: float, *, is_resumed: bool = False) -> None:
        """Start a training, or go on with the one that was stopped."""
        if self.is_running:
            return
        self.run, self.result, self.version, self.sentence, self._stop_mode = RunState(), None, None, "", ""
        self._set_stage(RUNNING)
        self._tasks.on_store(
            partial(self._plans.request, minutes, is_resumed=is_resumed), self._run_request, self._on_run_failed
        )

    def stop(self, mode: str = "save", then: Callable[[], None] | None = None) -> None:
        """Ask the run to end ("save" keeps the work); `then` is called when nothing runs any more."""
        if not self.is_running:
            if then is not None:
                then()
            return
        self._on_over = then or self._on_over
        self._stop_mode = mode
        if self._training is not None:
            self._training.stop(mode)
        self.changed.emit()

    def dismiss(self) -> None:
        """Back from a result to what will be used."""
        self._set_stage(READY)
        self.refresh()

    def show_version(self, version: AdapterVersion) -> None:
        """Show a trained version's figures as a result."""
        self.run, self.result, self.version, self.sentence = RunState(), None, version, ""
        self._set_stage(RESULT)

    def use(self, version_id: str | None) -> None:
        """Let this version answer (None: the model as it came)."""
        base, trained = self.tr("The model as it came answers again."), self.tr("This version answers from now on.")
        told = base if version_id is None else trained
        self._change(partial(self._versions.use, version_id), told)

    def roll_back(self) -> None:
        """Let what answered before answer again."""
        self._change(self._versions.roll_back, self.tr("Rolled back to what answered before."))

    def _read(self) -> tuple[Plan, list[Policy], list[AdapterVersion], str | None, bool]:
        versions = self._versions
        return (
            self._plans.plan(),
            self._policies.policies(),
            versions.listed(),
            versions.active(),
            versions.can_roll_back(),
        )

    def _show(self, read: tuple[Plan, list[Policy], list[AdapterVersion], str | None, bool]) -> None:
        self.plan, self.policies, self.versions, self.active, self.can_roll_back = read
        self.changed.emit()

    def _change(self, work: Callable[[], Any], sentence: str) -> None:
        def done(_: object) -> None:
            self.told.emit(sentence)
            self.refresh()

        self._tasks.on_store(work, done, self._on_failed)

    # The run

    def _run_request(self, request: TrainingRequest) -> None:
        self._tasks.in_pool(partial(self._train, request), partial(self._on_trained, request), self._on_run_failed)

    def _train(self, request: TrainingRequest) -> TrainingResult:
        """On a pool's thread."""
        self._training = self._new_training()
        return self._training.train(request, self._on_update)

    def _on_update(self, state: RunState, event: RunEvent) -> None:
        self._tasks.post(partial(self._take, state, event))
        if self._stop_mode and not isinstance(event, domain.StopAsked) and self._training is not None:
            self._training.stop(self._stop_mode)  # asked for before there was anything to stop

    def _take(self, state: RunState, event: RunEvent) -> None:
        is_new_phase = state.phase != self.run.phase or state.status != self.run.status
        self.run = state
        self.run_changed.emit()
        if is_new_phase:
            self.changed.emit()

    def _on_trained(self, request: TrainingRequest, result: TrainingResult) -> None:
        self.run, self.result = result.state, result
        self._set_stage(KEEPING)
        self._tasks.on_store(partial(self._plans.keep, request, result), self._on_kept, self._on_run_failed)

    def _on_kept(self, version: AdapterVersion | None) -> None:
        self.version = version
        if self.result is not None:
            self.sentence = self.result.rejection or _failure(self.result.state)
        self._end(RESULT)

    def _on_run_failed(self, error: CirclekeeperError) -> None:
        self.sentence = sentence_of(error)
        self._end(RESULT)

    def _end(self, stage: str) -> None:
        self._training, self._stop_mode = None, ""
        self._set_stage(stage)
        self.refresh()
        then, self._on_over = self._on_over, None
        if then is not None:
            then()

    def _set_stage(self, stage: str) -> None:
        self.stage = stage
        self.changed.emit()

    def _on_failed(self, error: CirclekeeperError) -> None:
        self.told.emit(sentence_of(error))


def readable(answer: str) -> str:
    """A raw answer of the model without the marks of its form."""
    lines = [line.removeprefix("## ") for line in answer.splitlines()]
    return "\n".join(line for line in lines if line.strip() not in (REASONING_OPEN, REASONING_CLOSE)).strip()


def _failure(state: RunState) -> str:
    return state.failure.sentence if state.failure else ""
