# SPDX-License-Identifier: Apache-2.0
"""Training on a school's scenarios and policies, and comparing a trained version with its base.

What is trained on comes from the library or from files, never from the incidents. A run's adapter is handed over only
when its conversion was proved; it is then a candidate: a person decides whether it is used. A run that was stopped
leaves a checkpoint, and a later run with that checkpoint goes on.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from desktop.domain import run
from desktop.domain.change import Change
from desktop.domain.clock import utc_now
from desktop.domain.library import AdapterVersion, RunRecord
from desktop.domain.run import RunEvent, RunState, reduce
from desktop.errors import TrainerError
from desktop.services.models import sha256_of
from trainer.practice.citations import Passage
from trainer.practice.scenario import Scenario
from trainer.practice.statistics import Comparison, Judged, compare
from trainer.protocol import BlobChunk, Message, PassageLine, ScenarioLine, Start, chunks_of

RESTORATIVE = {"name": "restorative"}
ADAPTER, CHECKPOINT, WEIGHTS = "adapter.gguf", "checkpoint", "adapter.safetensors"
NEW_MISSED_STOP = (
    "The trained version overlooked a danger that the base model had seen, so it was rejected; the model in use is "
    "unchanged."
)
OnUpdate = Callable[[RunState, RunEvent], None]


class Trainer(Protocol):
    """One run of the training program; trouble before it starts is raised as `TrainerError`, later it is an event."""

    def run(self, messages: Iterable[Message], on_event: Callable[[RunEvent], None]) -> None:
        """Send the job and report everything until the run is over; blocks."""
        ...

    def stop(self, mode: str) -> None:
        """Ask to stop ("save" or "now"); from any thread."""
        ...


class Library(Protocol):
    """What is kept of a run (`desktop.store.library.LibraryStore`), called on the store's thread."""

    def save_run(self, run: RunRecord) -> Change: ...

    def save_adapter(self, adapter: AdapterVersion, gguf: bytes) -> Change: ...

    def save_checkpoint(self, run_id: str, data: bytes) -> None: ...

    def clear_checkpoint(self, run_id: str) -> None: ...


@dataclass(frozen=True)
class TrainableModel:
    """A model that can be trained: a folder with weights and tokenizer, and the GGUF file that answers with it."""

    name: str
    folder: Path
    gguf: Path

    @property
    def sha256(self) -> str:
        return sha256_of(self.gguf)


@dataclass(frozen=True)
class TrainingRequest:
    """What to train on. `held_out` is scored before and after and never trained on; `checkpoint` resumes a run.

    `minutes` limits the training alone; 0 leaves it to the recipe.
    """

    model: TrainableModel
    scenarios: Sequence[Scenario] = field(repr=False)
    passages: Sequence[Passage] = field(repr=False)
    recipe: dict[str, Any] = field(default_factory=lambda: dict(RESTORATIVE))
    held_out: Sequence[Scenario] = field(default=(), repr=False)
    samples: int = 4
    seed: int = 0
    minutes: float = 0.0
    checkpoint: bytes | None = field(default=None, repr=False)
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created_at: str = field(default_factory=utc_now)


@dataclass(frozen=True)
class TrainingResult:
    """How a run ended. `adapter` is there only when it was proved and not rejected; `checkpoint` only after a stop."""

    state: RunState
    base_sha256: str
    adapter: bytes | None = field(default=None, repr=False)
    weights: bytes | None = field(default=None, repr=False)
    checkpoint: bytes | None = field(default=None, repr=False)
    comparison: Comparison | None = None
    rejection: str = ""

    def figures(self) -> dict[str, Any]:
        """Everything measured, as JSON values; no scenario's text and no answer."""
        state = self.state
        return {
            "status": state.status, "device": state.device, "trainer": state.version, "libraries": state.libraries,
            "steps": state.steps, "seconds": state.seconds, "phases": list(state.phases),
            "metrics": [asdict(step) for step in state.history],
            "proof": asdict(state.proof) if state.proof else None,
            "comparison": self.comparison.to_json() if self.comparison else None, "rejected": self.rejection,
            "warnings": list(state.warnings), "failure": asdict(state.failure) if state.failure else None,
            "base_sha256": self.base_sha256, "adapter_sha256": _sha256(self.adapter),
        }


class TrainingService:
    """Runs one training or comparison at a time. `train` and `compare` block; `stop` may come from any thread."""

    def __init__(self, new_trainer: Callable[[], Trainer], assets: Path) -> None:
        self._new_trainer = new_trainer
        self._assets = assets
        self._current: Trainer | None = None

    def train(self, request: TrainingRequest, on_update: OnUpdate) -> TrainingResult:
        """Train to the end, or until stopped; raises `TrainerError` only for what keeps the run from starting."""
        _require_usable(request)
        base_sha256 = request.model.sha256
        state, files = self._run(self._job(request), run.RunRequested("train"), on_update)
        comparison = _compared(state, request.seed)
        rejection = NEW_MISSED_STOP if comparison and _has_new_missed_stop(comparison) else ""
        is_usable = state.is_proven and state.status != run.FAILED and not rejection
        return TrainingResult(
            state, base_sha256, files.get(ADAPTER) if is_usable else None, files.get(WEIGHTS) if is_usable else None,
            files.get(CHECKPOINT) if state.status != run.DONE else None, comparison, rejection,
        )

    def compare(
        self, request: TrainingRequest, adapter: bytes, on_update: OnUpdate
    ) -> tuple[Comparison | None, RunState]:
        """Answer the scenarios of `request.held_out` with the base and with the adapter, and score both."""
        if not request.held_out:
            raise TrainerError("There is no scenario to compare on; give at least one.", code="no-scenarios")
        messages = [*self._lines(request, request.held_out), *chunks_of(ADAPTER, adapter),
                    self._start(request, "evaluate")]
        state, _ = self._run(messages, run.RunRequested("evaluate"), on_update)
        return _compared(state, request.seed), state

    def stop(self, mode: str = "save") -> None:
        """Ask the run to end: "save" keeps the work, "now" ends it at once."""
        current = self._current
        if current is not None:
            current.stop(mode)

    def _run(
        self, messages: Iterable[Message], requested: run.RunRequested, on_update: OnUpdate
    ) -> tuple[RunState, dict[str, bytes]]:
        files: dict[str, bytes] = {}
        state = RunState()

        def take(event: RunEvent) -> None:
            nonlocal state
            if isinstance(event, run.ArtifactReceived) and not state.is_over:
                files[event.name] = event.data
            state = reduce(state, event)
            on_update(state, event)

        trainer = self._new_trainer()
        self._current = trainer
        try:
            take(requested)
            trainer.run(messages, take)
        finally:
            self._current = None
        return state, files

    def _job(self, request: TrainingRequest) -> list[Message]:
        checkpoint: Iterable[BlobChunk] = chunks_of(CHECKPOINT, request.checkpoint) if request.checkpoint else ()
        scenarios = [*request.scenarios, *request.held_out]
        return [*self._lines(request, scenarios), *checkpoint, self._start(request, "train")]

    @staticmethod
    def _lines(request: TrainingRequest, scenarios: Iterable[Scenario]) -> list[Message]:
        return [
            *(ScenarioLine(json.loads(scenario.to_line())) for scenario in scenarios),
            *(PassageLine(passage.id, passage.heading, passage.text) for passage in request.passages),
        ]

    def _start(self, request: TrainingRequest, mode: str) -> Start:
        return Start(
            recipe=request.recipe, model_dir=str(request.model.folder.resolve()),
            base_gguf=str(request.model.gguf.resolve()), assets_dir=str(self._assets.resolve()), seed=request.seed,
            minutes=request.minutes, resume=request.checkpoint is not None,
            evaluate=tuple(scenario.id for scenario in request.held_out), mode=mode, samples=request.samples,
        )


def keep(library: Library, request: TrainingRequest, result: TrainingResult) -> AdapterVersion | None:
    """Remember the run; its adapter becomes a candidate version, its checkpoint is kept for a resume.

    Called on the store's thread. The adapter stands before the run that names it, so that a kill between the two
    leaves a version without a run and never a run that names a missing version.
    """
    version = _candidate(request, result) if result.adapter is not None else None
    if version is not None and result.adapter is not None:
        library.save_adapter(version, result.adapter)
    library.save_run(RunRecord(
        id=request.run_id, created_at=request.created_at, state=result.state.status, base_sha256=result.base_sha256,
        seed=request.seed, steps=result.state.steps, seconds=result.state.seconds,
        adapter_id=version.id if version else None, details={"recipe": request.recipe, **result.figures()},
    ))
    if result.checkpoint is not None:
        library.save_checkpoint(request.run_id, result.checkpoint)
    else:
        library.clear_checkpoint(request.run_id)
    return version


def _compared(state: RunState, seed: int) -> Comparison | None:
    sides: dict[str, list[Judged]] = {"before": [], "after": []}
    for score in state.scores:
        sides[score.when].append(Judged(
            score.scenario_id, score.sample, score.total, score.valid, score.missed_stop, score.invented_person,
            score.wrong_particular, score.words, score.criteria,
        ))
    return compare(sides["before"], sides["after"], seed)


def _candidate(request: TrainingRequest, result: TrainingResult) -> AdapterVersion:
    scores = result.comparison
    return AdapterVersion(
        id=uuid.uuid4().hex, created_at=utc_now(), base_sha256=result.base_sha256, seed=request.seed,
        score_before=scores.total[0] if scores else None, score_after=scores.total[1] if scores else None,
        note="candidate",
    )


def _has_new_missed_stop(comparison: Comparison) -> bool:
    before, after = comparison.missed_stops
    return after > before


def _require_usable(request: TrainingRequest) -> None:
    if not request.scenarios:
        raise TrainerError("There is no scenario to train on; add scenarios, or let the program write some.",
                           code="no-scenarios")
    ids = [scenario.id for scenario in (*request.scenarios, *request.held_out)]
    if len(set(ids)) != len(ids):
        raise TrainerError("Two scenarios have the same id, or one is both trained on and held out; give each its own.",
                           code="same-scenarios")


def _sha256(data: bytes | None) -> str | None:
    return hashlib.sha256(data).hexdigest() if data is not None else None
