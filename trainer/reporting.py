# SPDX-License-Identifier: Apache-2.0
"""What a training run tells while it runs, and when it ends: the bridge from TRL's callbacks to the wire.

The reward function hands in every step's answers; TRL's log adds what only it knows (KL, groups without spread); the
end of a step sends both, asks whether to stop, and says when a checkpoint is due.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from transformers import TrainerCallback

from trainer.protocol import Message, Metric, Progress, Sample

Emit = Callable[[Message], None]
StopRequested = Callable[[], str | None]


@dataclass(frozen=True)
class Answered:
    """One completion of a step, scored."""

    scenario_id: str
    text: str
    reward: float
    parts: dict[str, float]
    words: int


@dataclass
class Clock:
    """Seconds of training, those of an earlier sitting included, and the limit (0: none)."""

    limit_s: float
    earlier_s: float = 0.0
    started: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        """The training begins now."""
        self.started = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        return self.earlier_s + time.monotonic() - self.started


class StepReporter(TrainerCallback):
    """Sends metrics, progress and a sample after every step; ends the run in time. Steps count from the run's start."""

    def __init__(
        self, emit: Emit, stop_requested: StopRequested, clock: Clock, *, first_step: int, max_steps: int,
        checkpoint_every: int, on_checkpoint: Callable[[int], None],
    ) -> None:
        self._emit, self._stop_requested, self._clock = emit, stop_requested, clock
        self._first_step, self._max_steps = first_step, max_steps
        self._checkpoint_every, self._on_checkpoint = checkpoint_every, on_checkpoint
        self._answers: list[Answered] = []
        self._step_began = time.monotonic()
        self._step_seconds: list[float] = []
        self.step = first_step
        self.stopped: str | None = None
        self.samples: list[str] = []

    def take(self, answers: Sequence[Answered]) -> None:
        """The answers of the step that is running."""
        self._answers += answers

    def fraction(self) -> float:
        """How much of the run is over, 0..1, by steps or by time, whichever is further."""
        by_steps = self.step / self._max_steps if self._max_steps else 0.0
        by_time = self._clock.elapsed_s / self._clock.limit_s if self._clock.limit_s else 0.0
        return min(1.0, max(by_steps, by_time))

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._step_began = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.step = self._first_step + state.global_step
        self._step_seconds.append(time.monotonic() - self._step_began)
        self.stopped = self._stop_requested()
        if self.stopped or self._is_over():
            control.should_training_stop = True
        elif self.step % self._checkpoint_every == 0:
            self._on_checkpoint(self.step)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        if not logs or "reward" not in logs or not self._answers:
            return
        answers, self._answers = self._answers, []
        self.samples = [answer.text for answer in answers]
        self._emit(Metric(
            step=self.step, reward=fmean(a.reward for a in answers), parts=mean_parts(answers), kl=logs.get("kl", 0.0),
            zero_variance=logs.get("frac_reward_zero_std", 0.0),
            valid=fmean(a.parts.get("contract", 0.0) for a in answers), mean_words=fmean(a.words for a in answers),
            seconds=self._step_seconds[-1] if self._step_seconds else 0.0,
        ))
        shown = answers[self.step % len(answers)]
        self._emit(Sample(self.step, shown.scenario_id, shown.text, shown.reward))
        steps, eta_s = self._outlook()
        self._emit(Progress(self.step, steps, self._clock.elapsed_s, eta_s))

    def _is_over(self) -> bool:
        """By steps; or by time, when the better half of another step would lie beyond the limit."""
        if self._max_steps and self.step >= self._max_steps:
            return True
        limit = self._clock.limit_s
        return bool(limit) and self._clock.elapsed_s + 0.5 * fmean(self._step_seconds[-5:]) >= limit

    def _outlook(self) -> tuple[int, float]:
        """Expected number of steps, and seconds that are left."""
        seconds = max(1e-3, fmean(self._step_seconds[-5:]))
        ends = []
        if self._max_steps:
            ends.append((self._max_steps - self.step) * seconds)
        if self._clock.limit_s:
            ends.append(max(0.0, self._clock.limit_s - self._clock.elapsed_s))
        left_s = min(ends)
        return self.step + round(left_s / seconds), left_s


def mean_parts(answers: Sequence[Answered]) -> dict[str, float]:
    """Means of the reward's parts, each over the answers that have it."""
    names = dict.fromkeys(name for answer in answers for name in answer.parts)
    return {name: fmean(a.parts[name] for a in answers if name in a.parts) for name in names}
