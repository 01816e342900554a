# SPDX-License-Identifier: Apache-2.0
"""What the commands that run the trainer share: progress on stderr, and Ctrl+C as a request to stop."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from desktop.domain import run
from desktop.domain.run import RunEvent, RunState

PHASE_WORDS = {
    "loading": "Loading the model", "baseline": "Scoring the base model", "training": "Training",
    "saving": "Saving", "converting": "Converting", "proving": "Proving the conversion",
    "comparing": "Comparing base and trained",
}
TELL_EVERY_S = 10.0


class Watcher:
    """Tells a run on stderr: one line that renews itself on a terminal, now and then a line elsewhere."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._told_at = 0.0
        self._has_line = False

    def take(self, state: RunState, event: RunEvent) -> None:
        """Tell what the event is worth telling."""
        if isinstance(event, run.TrainerReady):
            self.say(f"The training program is ready ({event.device}).")
        elif isinstance(event, run.PhaseEntered):
            self.say(f"{PHASE_WORDS.get(event.name, event.name)} …")
        elif isinstance(event, run.RunWarned):
            self.say(f"Note: {event.text}")
        elif isinstance(event, run.StepsDone | run.StepMeasured | run.AnswerScored):
            self._renew(progress_line(state))

    def say(self, sentence: str) -> None:
        """A line of its own."""
        self.close()
        print(sentence, file=sys.stderr, flush=True)

    def close(self) -> None:
        """End the line that renews itself."""
        if self._has_line:
            self._has_line = False
            print(file=sys.stderr, flush=True)

    def _renew(self, line: str) -> None:
        if self._is_terminal:
            self._has_line = True
            print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._told_at >= TELL_EVERY_S:
            self._told_at = time.monotonic()
            print(line, file=sys.stderr, flush=True)


def progress_line(state: RunState) -> str:
    """Step, reward and time left, as far as they are known."""
    parts = []
    if state.progress is not None:
        of = f" of {state.progress.steps}" if state.progress.steps else ""
        parts.append(f"step {state.progress.step}{of}")
    if state.history and state.phase == "training":
        last = state.history[-1]
        parts += [f"reward {last.reward:.3f}", f"valid {last.valid:.0%}"]
    if state.progress is not None and state.progress.eta_s is not None:
        parts.append(f"{duration(state.progress.eta_s)} left")
    if state.scores and state.phase != "training":
        parts.append(f"{len(state.scores)} answers scored")
    return "  " + " · ".join(parts)


def duration(seconds: float) -> str:
    """Seconds in words: "40 s", "12 min", "1 h 05 min"."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def whole_number(text: str) -> int:
    """An argument that is a whole number from 0 to 2^31 - 1."""
    if not text.isdecimal() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError("must be a whole number, 0 or above")
    return int(text)


@contextmanager
def stop_on_interrupt(stop: Callable[[str], None]) -> Iterator[None]:
    """The first Ctrl+C (or SIGTERM) asks to stop and save; a second one ends the run at once."""
    asked = 0

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            print("\nStopping after this step and saving; press Ctrl+C again to end at once.", file=sys.stderr)
        stop("save" if asked == 1 else "now")

    before = {number: signal.signal(number, on_interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
