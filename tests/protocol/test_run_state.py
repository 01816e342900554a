# SPDX-License-Identifier: Apache-2.0
"""The run's state: which way it may go, and what the end makes of a proof."""

from __future__ import annotations

from functools import reduce as fold

import pytest

from desktop.domain import run
from desktop.domain.run import RunEvent, RunState, reduce

READY = run.TrainerReady("0.1.0", "cpu")
PROOF = run.ConversionProved(True, 64, 1e-7, 1e-4, 1.0, True)
BAD_PROOF = run.ConversionProved(True, 64, 0.5, 2.0, 0.3, False)
ADAPTER = run.ArtifactReceived("adapter.gguf", "ab", b"GGUF")
END, STOPPED = run.RunFinished(3, 40.0, False), run.RunFinished(3, 40.0, True)


def after(*events: RunEvent) -> RunState:
    return fold(reduce, events, RunState())


def step(number: int) -> run.StepMeasured:
    return run.StepMeasured(number, 0.5, {}, 0.0, 0.0, 1.0, 200.0, 1.0)


@pytest.mark.parametrize(
    ("events", "status"),
    [([], run.READY), ([run.RunRequested()], run.STARTING), ([run.RunRequested(), READY], run.RUNNING),
     ([run.RunRequested(), run.StopAsked("save")], run.STOPPING),
     ([run.RunRequested(), run.StopAsked("save"), READY], run.STOPPING), ([run.StopAsked("save")], run.READY),
     ([run.RunRequested(), READY, run.StopAsked("now"), STOPPED], run.STOPPED),
     ([run.RunRequested(), READY, PROOF, ADAPTER, END], run.DONE),
     ([run.RunRequested(), READY, run.StopAsked("save"), PROOF, ADAPTER, END], run.DONE),
     ([run.RunRequested(), run.RunFailed("x", "y.")], run.FAILED),
     ([run.RunRequested("evaluate"), READY, END], run.DONE)],
)
def test_the_ways_that_a_run_may_go(events: list[RunEvent], status: str) -> None:
    assert after(*events).status == status


@pytest.mark.parametrize(
    "events", [[BAD_PROOF, ADAPTER, END], [BAD_PROOF, ADAPTER, STOPPED], [ADAPTER, END], [END], [ADAPTER, STOPPED]])
def test_an_adapter_without_a_passed_proof_is_a_failure(events: list[RunEvent]) -> None:
    state = after(run.RunRequested(), READY, *events)
    assert state.status == run.FAILED and state.failure in (run.PROOF_FAILED, run.PROOF_MISSING)


@pytest.mark.parametrize("end", [END, STOPPED, run.RunFailed("x", "y.")])
def test_nothing_changes_a_run_that_is_over(end: RunEvent) -> None:
    over = after(run.RunRequested(), READY, PROOF, ADAPTER, end)
    late = [READY, run.PhaseEntered("training"), step(9), run.RunWarned("late"), BAD_PROOF, run.StopAsked("now"), END,
            run.RunFailed("z", "late."), run.ArtifactReceived("checkpoint", "", b"")]
    assert over.is_over and fold(reduce, late, over) is over


def test_history_grows_and_samples_are_bounded() -> None:
    events = [step(number) for number in range(1, 41)]
    samples = [run.AnswerSampled(number, "s", "t", 0.1) for number in range(40)]
    state = after(run.RunRequested(), READY, *events, *samples)
    assert [item.step for item in state.history] == list(range(1, 41)) and state.steps == 40
    assert [item.step for item in state.samples] == list(range(40 - run.MAX_SAMPLES, 40))


def test_a_new_phase_starts_with_unknown_progress_and_a_comparison_adds_no_steps() -> None:
    training = after(run.RunRequested(), READY, run.PhaseEntered("training"), run.StepsDone(5, 64, 60.0, 700.0))
    comparing = fold(reduce, [run.PhaseEntered("comparing")], training)
    assert training.steps == 5 and comparing.progress is None
    assert reduce(comparing, run.StepsDone(90, 360, 1.0, 2.0)).steps == 5


def test_the_newest_checkpoint_replaces_the_one_before() -> None:
    first, second = (run.ArtifactReceived("checkpoint", sha, b"x" * size) for sha, size in (("a", 1), ("b", 2)))
    assert [(a.sha256, a.size_bytes) for a in after(run.RunRequested(), first, second).artifacts] == [("b", 2)]
