# SPDX-License-Identifier: Apache-2.0
"""A trainer that follows a script: the real channel and wire, no machine learning. Run in the place of launch.py.

The recipe's "script" names what it does. The hash in its `hello` is "scripted".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
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
    Proof,
    Sample,
    ScoreNote,
    chunks_of,
)

ADAPTER = b"GGUF" + bytes(range(256)) * 4096


def step(channel: Channel, number: int) -> None:
    channel.send(Metric(number, 0.1 * number, {"tags": 1.0}, 0.0, 0.0, 0.9, 200.0, 0.01))


def happy(channel: Channel, job: Job) -> None:
    print("a library prints to stdout")
    os.write(1, b"and another writes to its file descriptor\n")
    Path(os.environ["TMPDIR"], "cache.txt").write_text(job.scenarios[0].case.narrative, encoding="utf-8")
    Path("left-in-the-working-folder").write_text("x", encoding="utf-8")
    channel.send(Phase("training"))
    for number in (1, 2, 3):
        step(channel, number)
    told = {"scenarios": len(job.scenarios), "passages": len(job.passages), "evaluate": list(job.start.evaluate),
            "checkpoint": (job.checkpoint or b"").decode(), "resume": job.start.resume, "seed": job.start.seed,
            "model_dir": job.start.model_dir, "assets_dir": job.start.assets_dir}
    channel.send(Sample(3, "told", json.dumps(told), 0.0))
    prove_and_finish(channel, job, passed=True)


def prove_and_finish(channel: Channel, job: Job, *, passed: bool) -> None:
    for chunk in chunks_of("adapter.gguf", ADAPTER):
        channel.send(chunk)
    channel.send(Proof(True, 64, 1e-7, 1e-4, 1.0, passed))
    score_both(channel, job)
    channel.send(Finished(3, 0.5, False))


def score_both(channel: Channel, job: Job) -> None:
    missed = bool(job.start.recipe.get("misses"))
    for scenario in job.start.evaluate:
        for sample in range(job.start.samples):
            channel.send(ScoreNote("before", scenario, 50.0, sample))
            channel.send(ScoreNote("after", scenario, 70.0, sample, missed_stop=missed))


def bad_proof(channel: Channel, job: Job) -> None:
    prove_and_finish(channel, job, passed=False)


def evaluate(channel: Channel, job: Job) -> None:
    assert job.start.mode == "evaluate" and job.adapter == ADAPTER
    score_both(channel, job)
    channel.send(Finished(0, 0.5, False))


def patient(channel: Channel, job: Job) -> None:
    number = 0
    while channel.stop_requested() is None:
        number += 1
        step(channel, number)
        time.sleep(0.05)
    if channel.stop_requested() == "save":
        for chunk in chunks_of("checkpoint", b"state of step %d" % number):
            channel.send(chunk)
    channel.send(Finished(number, 1.0, True))


def deaf(channel: Channel, job: Job) -> None:
    """Starts a grandchild and listens to nothing; the grandchild's id is told."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    channel.send(Sample(0, "grandchild", str(child.pid), 0.0))
    time.sleep(600)


def killed(channel: Channel, job: Job) -> None:
    step(channel, 1)
    os.kill(os.getpid(), 9)


def crashed(channel: Channel, job: Job) -> None:
    print("x" * 10_000, file=sys.stderr)
    for number in range(1000):
        print(f"line {number}", file=sys.stderr)
    raise SystemExit("the last words")


def garbage(channel: Channel, job: Job) -> None:
    step(channel, 1)
    os.write(channel._wire_out, b"Loading checkpoint shards: 100%\n")
    time.sleep(600)


def surroundings(channel: Channel, job: Job) -> None:
    told = {"environ": dict(os.environ), "cwd": os.getcwd(), "argv": sys.orig_argv, "mode": os.stat(".").st_mode,
            "isolated": sys.flags.isolated, "utf8": sys.flags.utf8_mode, "stdin": sys.stdin.read(),
            "group_leader": os.getpgrp() == os.getpid()}
    channel.send(Sample(0, "surroundings", json.dumps(told), 0.0))
    prove_and_finish(channel, job, passed=True)


SCRIPTS: dict[str, Callable[[Channel, Job], None]] = {
    script.__name__: script
    for script in (happy, bad_proof, evaluate, patient, deaf, killed, crashed, garbage, surroundings)
}


def main() -> None:
    channel = reserve()
    channel.send(Hello(PROTOCOL_VERSION, "scripted", "scripted", "cpu", str(trainer.__file__), {}))
    try:
        job = channel.job()
        SCRIPTS[job.start.recipe["script"]](channel, job)
    except ChannelClosed:
        return


if __name__ == "__main__":
    main()
