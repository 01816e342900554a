# SPDX-License-Identifier: Apache-2.0
"""A training run as the app sees it: the events that happen to it, and one pure function that folds them into a state.

    ready ─> starting ─> running ─> done
                 │          │  └──> stopping ─> stopped | done | failed
                 └──────────┴─────> failed

The three on the right are final: whatever arrives after them changes nothing. Events are the run's own words; that they
came over a wire, and how, is known to `desktop.training` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

READY, STARTING, RUNNING, STOPPING = "ready", "starting", "running", "stopping"
DONE, STOPPED, FAILED = "done", "stopped", "failed"
FINAL = (DONE, STOPPED, FAILED)
MAX_SAMPLES = 24
MAX_WARNINGS = 50


@dataclass(frozen=True)
class RunEvent:
    """Base of everything that can happen to a run."""


@dataclass(frozen=True)
class RunRequested(RunEvent):
    """The app asks for a run; `purpose` is "train" or "evaluate"."""

    purpose: str = "train"


@dataclass(frozen=True)
class TrainerReady(RunEvent):
    """The training program is up. `libraries` maps names to versions."""

    version: str
    device: str
    libraries: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PhaseEntered(RunEvent):
    """loading, baseline, training, saving, converting, proving or comparing."""

    name: str


@dataclass(frozen=True)
class StepsDone(RunEvent):
    """How far the phase is. `eta_s` is None while nobody can tell."""

    step: int
    steps: int
    elapsed_s: float
    eta_s: float | None


@dataclass(frozen=True)
class StepMeasured(RunEvent):
    """Means over the answers of one training step; `zero_variance` and `valid` are shares from 0 to 1."""

    step: int
    reward: float
    parts: dict[str, float]
    kl: float
    zero_variance: float
    valid: float
    mean_words: float
    seconds: float


@dataclass(frozen=True)
class AnswerSampled(RunEvent):
    """An answer as the model wrote it in training."""

    step: int
    scenario_id: str
    text: str = field(repr=False)
    reward: float


@dataclass(frozen=True)
class ArtifactReceived(RunEvent):
    """A file of the run came in whole and with the right hash. The state keeps its description, not its bytes."""

    name: str
    sha256: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class ConversionProved(RunEvent):
    """How well the converted adapter agrees with the trained one; `passed` is the verdict."""

    token_ids_equal: bool
    positions: int
    nmse: float
    max_abs: float
    top1: float
    passed: bool


@dataclass(frozen=True)
class AnswerScored(RunEvent):
    """One answer to a held-out scenario, by the base ("before") or the trained model ("after"); `total` is 0 to 100.

    The rest is explained at `trainer.practice.statistics.Judged`; `text` is the answer where it was sent, else "".
    """

    when: str
    scenario_id: str
    sample: int
    total: float
    valid: bool
    missed_stop: bool
    invented_person: bool
    wrong_particular: bool
    words: int
    criteria: dict[str, float]
    text: str = field(repr=False)


@dataclass(frozen=True)
class RunWarned(RunEvent):
    """Something that a person should know."""

    text: str


@dataclass(frozen=True)
class StopAsked(RunEvent):
    """A person asked to stop: "save" keeps the work, "now" does not."""

    mode: str


@dataclass(frozen=True)
class RunFailed(RunEvent):
    """The run ended with trouble: a stable code and one calm sentence."""

    code: str
    sentence: str


@dataclass(frozen=True)
class RunFinished(RunEvent):
    """The run ended as it should; `stopped` when it was asked to end early."""

    steps: int
    seconds: float
    stopped: bool


@dataclass(frozen=True)
class Artifact:
    """A file that came in."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class RunState:
    """Everything a page or a report shows of a run (module docstring)."""

    status: str = READY
    purpose: str = "train"
    phase: str = ""
    phases: tuple[str, ...] = ()
    device: str = ""
    version: str = ""
    libraries: dict[str, Any] = field(default_factory=dict)
    progress: StepsDone | None = None
    history: tuple[StepMeasured, ...] = ()
    samples: tuple[AnswerSampled, ...] = ()
    scores: tuple[AnswerScored, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    proof: ConversionProved | None = None
    warnings: tuple[str, ...] = ()
    failure: RunFailed | None = None
    steps: int = 0
    seconds: float = 0.0

    @property
    def is_over(self) -> bool:
        return self.status in FINAL

    @property
    def is_proven(self) -> bool:
        """True when a conversion was proved and passed."""
        return self.proof is not None and self.proof.passed

    def has(self, artifact_name: str) -> bool:
        """True when that file came in."""
        return any(artifact.name == artifact_name for artifact in self.artifacts)


PROOF_FAILED = RunFailed(
    "trainer-proof",
    "The trained version did not survive its conversion and was discarded; the model in use is unchanged. Train again.",
)
PROOF_MISSING = RunFailed(
    "trainer-proof-missing",
    "The training ended without a proven result, so nothing was kept; the model in use is unchanged. Train again.",
)


def reduce(state: RunState, event: RunEvent) -> RunState:
    """The state after the event; events after the end, and unknown ones, change nothing."""
    rule = _RULES.get(type(event))
    if rule is None or state.is_over:
        return state
    return rule(state, event)


def _requested(state: RunState, event: RunRequested) -> RunState:
    return replace(state, status=STARTING, purpose=event.purpose) if state.status == READY else state


def _trainer_ready(state: RunState, event: TrainerReady) -> RunState:
    status = RUNNING if state.status in (READY, STARTING) else state.status
    return replace(state, status=status, device=event.device, version=event.version, libraries=event.libraries)


def _phase(state: RunState, event: PhaseEntered) -> RunState:
    return replace(state, phase=event.name, phases=(*state.phases, event.name), progress=None)


def _steps(state: RunState, event: StepsDone) -> RunState:
    steps = max(state.steps, event.step) if state.phase == "training" else state.steps
    return replace(state, progress=event, steps=steps)


def _measured(state: RunState, event: StepMeasured) -> RunState:
    return replace(state, history=(*state.history, event), steps=max(state.steps, event.step))


def _sampled(state: RunState, event: AnswerSampled) -> RunState:
    return replace(state, samples=(*state.samples, event)[-MAX_SAMPLES:])


def _scored(state: RunState, event: AnswerScored) -> RunState:
    return replace(state, scores=(*state.scores, event))


def _artifact(state: RunState, event: ArtifactReceived) -> RunState:
    others = tuple(artifact for artifact in state.artifacts if artifact.name != event.name)
    return replace(state, artifacts=(*others, Artifact(event.name, event.sha256, len(event.data))))


def _proved(state: RunState, event: ConversionProved) -> RunState:
    return replace(state, proof=event)


def _warned(state: RunState, event: RunWarned) -> RunState:
    return replace(state, warnings=(*state.warnings, event.text)[-MAX_WARNINGS:])


def _stop_asked(state: RunState, event: StopAsked) -> RunState:
    return state if state.status == READY else replace(state, status=STOPPING)


def _failed(state: RunState, event: RunFailed) -> RunState:
    return replace(state, status=FAILED, failure=event)


def _finished(state: RunState, event: RunFinished) -> RunState:
    """A run that made an adapter is done only with a passed proof; one that was stopped may have made none."""
    ended = replace(state, steps=event.steps, seconds=event.seconds, status=STOPPED if event.stopped else DONE)
    if state.purpose != "train":
        return ended
    if state.proof is not None and not state.proof.passed:
        return replace(ended, status=FAILED, failure=PROOF_FAILED)
    if state.proof is None and (state.has("adapter.gguf") or not event.stopped):
        return replace(ended, status=FAILED, failure=PROOF_MISSING)
    return ended


_RULES: dict[type[RunEvent], Callable[[RunState, Any], RunState]] = {
    RunRequested: _requested, TrainerReady: _trainer_ready, PhaseEntered: _phase, StepsDone: _steps,
    StepMeasured: _measured, AnswerSampled: _sampled, AnswerScored: _scored, ArtifactReceived: _artifact,
    ConversionProved: _proved, RunWarned: _warned, StopAsked: _stop_asked, RunFailed: _failed, RunFinished: _finished,
}
