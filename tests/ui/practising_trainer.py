# SPDX-License-Identifier: Apache-2.0
"""A trainer without machine learning that behaves like one: real channel and wire, all phases, figures that improve.

Its adapter is the file "adapter.bin" in the model's folder. The minutes asked for set its pace.
"""

from __future__ import annotations

import math
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import trainer  # noqa: E402
from trainer.channel import Channel, ChannelClosed, Job, reserve  # noqa: E402
from trainer.protocol import (  # noqa: E402
    PROTOCOL_VERSION,
    Finished,
    Hello,
    Metric,
    Phase,
    Progress,
    Proof,
    Sample,
    ScoreNote,
    chunks_of,
)

STEPS, SECONDS_A_STEP = 48, 12.4
ANSWERS = Path(__file__).resolve().parents[1] / "answers" / "pencil-case"


def main() -> None:
    """Receive the job, then run it until it is done or stopped."""
    channel = reserve()
    channel.send(Hello(PROTOCOL_VERSION, "practising", "practising", "cpu, 2 cores", str(trainer.__file__), {}))
    try:
        run(channel, channel.job())
    except ChannelClosed:
        return


def run(channel: Channel, job: Job) -> None:
    """All phases of a run."""
    pace = job.start.minutes * 0.005
    scores(channel, job, "before", 58.0)
    for name in ("loading", "baseline", "training"):
        channel.send(Phase(name))
        time.sleep(pace)
    done = practise(channel, pace)
    was_stopped = done < STEPS
    for name in ("saving", "converting", "proving"):
        channel.send(Phase(name))
        time.sleep(pace)
    if was_stopped:
        for chunk in chunks_of("checkpoint", b"state of step %d" % done):
            channel.send(chunk)
    else:
        for chunk in chunks_of("adapter.gguf", Path(job.start.model_dir, "adapter.bin").read_bytes()):
            channel.send(chunk)
        channel.send(Proof(True, 64, 1e-7, 1e-4, 1.0, True))
        channel.send(Phase("comparing"))
        scores(channel, job, "after", 79.0)
    channel.send(Finished(done, done * SECONDS_A_STEP, was_stopped))


def practise(channel: Channel, pace: float) -> int:
    """The training's steps; returns how many were done when it ended or was stopped."""
    chance = random.Random(7)
    sample = (ANSWERS / "good.md").read_text(encoding="utf-8")
    for step in range(1, STEPS + 1):
        learned = 1 - math.exp(-step / 16)
        rubric, contract = 0.55 + 0.3 * learned + chance.gauss(0, 0.02), 0.82 + 0.16 * learned + chance.gauss(0, 0.02)
        gate = -0.12 * (1 - learned)
        tags = 0.93 + 0.07 * learned
        parts = {"rubric": rubric, "contract": min(1.0, contract), "tags": tags, "gate": gate}
        reward = rubric * contract + gate - 0.25 * (1 - contract)
        channel.send(Metric(step, reward, parts, 0.01, 0.05, contract, 240.0, SECONDS_A_STEP))
        channel.send(Progress(step, STEPS, step * SECONDS_A_STEP, (STEPS - step) * SECONDS_A_STEP))
        if step % 8 == 1:
            channel.send(Sample(step, "train-1-1", sample, reward))
        time.sleep(pace)
        if channel.stop_requested() is not None:
            return step
    return STEPS


def scores(channel: Channel, job: Job, when: str, mean: float) -> None:
    """Scores around a mean, the same for everybody who asks."""
    chance = random.Random(when)
    for scenario in job.start.evaluate:
        for sample in range(job.start.samples):
            channel.send(ScoreNote(when, scenario, min(100.0, max(0.0, chance.gauss(mean, 9))), sample))


if __name__ == "__main__":
    main()
