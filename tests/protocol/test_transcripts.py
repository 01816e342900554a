# SPDX-License-Identifier: Apache-2.0
"""Recorded runs, good and broken, replayed through framer, translation and state."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from desktop.domain import run
from desktop.domain.run import RunEvent, RunState, reduce
from desktop.training.translate import Reader
from trainer.protocol import MAX_LINE_BYTES

TRANSCRIPTS = Path(__file__).resolve().parents[1] / "transcripts"
TRAINER_FOLDER, PRACTICE = Path("/app/trainer"), "aa" * 32
SIZES = {"whole": 10**9, "lines": 0, "bytes": 1}


def replay(
    data: bytes, piece: int = 10**9, exit_status: int = 0, stop: str | None = None
) -> tuple[RunState, list[RunEvent]]:
    """Feed a transcript in pieces of `piece` bytes (0: of changing size) and end the process."""
    reader, state = Reader(PRACTICE, TRAINER_FOLDER), RunState()
    events: list[RunEvent] = [run.RunRequested("train")]
    rng, at = random.Random(5), 0
    while at < len(data):
        size = piece or rng.randint(1, 300)
        events += reader.feed(data[at:at + size])
        at += size
    events += reader.close(exit_status, stop)
    for event in events:
        state = reduce(state, event)
    return state, events


def transcript(name: str) -> bytes:
    return (TRANSCRIPTS / f"{name}.jsonl").read_bytes()


@pytest.mark.parametrize("piece", SIZES.values(), ids=SIZES)
def test_a_good_run_is_done_however_it_is_cut(piece: int) -> None:
    state, events = replay(transcript("happy"), piece)
    assert state.status == run.DONE and state.failure is None and state.is_proven
    assert [step.reward for step in state.history] == [0.51, 0.58, 0.66]
    assert state.history[0].parts["tags"] == 0.9
    assert state.phases == ("loading", "baseline", "training", "saving", "converting", "proving", "comparing")
    assert (state.steps, state.seconds, state.device) == (3, 61.0, "cpu, 2 cores")
    assert [(score.when, score.total) for score in state.scores] == [
        ("before", 55.0), ("before", 61.0), ("after", 75.0), ("after", 71.0)]
    assert [score.valid for score in state.scores] == [True, False, True, True]
    assert {artifact.name: artifact.size_bytes for artifact in state.artifacts} == {
        "checkpoint": 15, "adapter.gguf": 772, "adapter.safetensors": 7}
    files = {event.name: event.data for event in events if isinstance(event, run.ArtifactReceived)}
    assert files["adapter.gguf"][:4] == b"GGUF" and files["checkpoint"] == b"state of step 3"
    assert state.warnings == ("One scenario was longer than the context and was cut.",)
    assert state.samples[0].scenario_id == "train-1-4"


def test_a_trainer_out_of_memory_tells_it_in_its_own_sentence() -> None:
    state, _ = replay(transcript("out-of-memory"), exit_status=1)
    assert state.status == run.FAILED and state.failure is not None
    assert state.failure.code == "trainer-memory" and "memory" in state.failure.sentence
    assert len(state.history) == 1


def test_a_cancelled_run_is_stopped_and_has_its_checkpoint() -> None:
    state, _ = replay(transcript("cancelled"), stop="save")
    assert state.status == run.STOPPED and state.failure is None and state.has("checkpoint")
    assert not state.has("adapter.gguf") and state.steps == 2


@pytest.mark.parametrize(
    ("name", "code", "steps"),
    [("garbage-line", "trainer-protocol", 1), ("nan", "trainer-protocol", 0), ("missing-line", "trainer-protocol", 0),
     ("altered-adapter", "trainer-protocol", 3), ("no-hello", "trainer-protocol", 0),
     ("wrong-version", "trainer-version", 0), ("foreign-module", "trainer-foreign", 0),
     ("other-rules", "trainer-practice", 0), ("failed-proof", "trainer-proof", 3),
     ("no-proof", "trainer-proof-missing", 3), ("cut-last-line", "trainer-stopped", 1)],
)
def test_a_broken_run_fails_with_its_own_code_and_keeps_what_came_before(name: str, code: str, steps: int) -> None:
    state, events = replay(transcript(name))
    assert state.status == run.FAILED and state.failure is not None
    assert state.failure.code == code
    assert state.failure.sentence.endswith(".") and len(state.failure.sentence) < 200
    assert len(state.history) == steps
    assert sum(isinstance(event, run.RunFailed) for event in events) + (code.startswith("trainer-proof")) == 1


def test_a_giant_line_is_refused_before_it_is_whole() -> None:
    head = transcript("happy").split(b"\n")[0] + b"\n"
    reader = Reader(PRACTICE, TRAINER_FOLDER)
    reader.feed(head + b'{"type":"warning","seq":1,"text":"')
    events: list[RunEvent] = []
    for _ in range(MAX_LINE_BYTES // 65536 + 1):
        events += reader.feed(b"x" * 65536)
    assert [event.code for event in events if isinstance(event, run.RunFailed)] == ["trainer-protocol"]


def test_a_newer_trainer_is_understood_as_far_as_it_goes() -> None:
    reader = Reader(PRACTICE, TRAINER_FOLDER)
    events = reader.feed(transcript("newer-trainer"))
    assert reader.ignored == 2 and isinstance(events[-1], run.RunFinished)


@pytest.mark.parametrize(
    ("status", "code"), [(-9, "trainer-killed"), (1, "trainer-stopped"), (None, "trainer-stopped")])
def test_a_process_that_ends_without_a_word_is_told(status: int | None, code: str) -> None:
    reader = Reader(PRACTICE, TRAINER_FOLDER)
    reader.feed(transcript("happy")[:900])
    (event,) = reader.close(status, None)
    assert isinstance(event, run.RunFailed) and event.code == code
    assert reader.close(status, None) == []


def test_a_process_that_was_told_to_stop_now_has_stopped() -> None:
    reader = Reader(PRACTICE, TRAINER_FOLDER)
    (event,) = reader.close(-15, "now")
    assert isinstance(event, run.RunFinished) and event.stopped
