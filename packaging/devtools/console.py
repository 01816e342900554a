# SPDX-License-Identifier: Apache-2.0
"""What the developer's command says, and how it runs the long commands it speaks about.

Output of installers goes to a log file; the terminal gets one line a step with what it usually takes, a sign of life
while it runs, and the end of the log when it fails. ASCII only: a Windows console may know nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

SIGN_OF_LIFE_S = 20.0
TAIL_LINES = 25

# Variables that would lead another interpreter to foreign packages.
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")


class Trouble(Exception):
    """Something the reader can mend: one sentence, and the exit status (3: not available here, 1: it failed)."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def say(line: str) -> None:
    print(line, flush=True)


def complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's variables, without those that lead a child to foreign packages."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, **(extra or {})}


def step(
    what: str,
    usually: str,
    command: Sequence[str | Path],
    log: Path,
    extra: Mapping[str, str] | None = None,
    held: int | None = None,
) -> None:
    """Run a long command with its output in `log`; raises `Trouble` with the end of the log when it fails."""
    say(f"  {what} (usually {usually})")
    status, tail = watched(command, log, extra, held)
    if status != 0:
        raise Trouble(f"{tail}\nThis failed: {what}. The lines above are the end of {log}.")


def watched(
    command: Sequence[str | Path],
    log: Path,
    extra: Mapping[str, str] | None = None,
    held: int | None = None,
) -> tuple[int, str]:
    """Run `command`, say that it still runs, and give its status and the end of what it wrote.

    `held` is a lock's descriptor: a child that outlives us keeps the lock, so a second start waits for its end.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        sink.write(("\n$ " + " ".join(map(str, command)) + "\n").encode())
        sink.flush()
        begin = sink.tell()
        descriptors = (held,) if held is not None and os.name != "nt" else ()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=environment(extra),
            pass_fds=descriptors,
        )
        status = _wait(process)
    return status, _tail(log, begin)


def _wait(process: subprocess.Popen[bytes]) -> int:
    started = time.monotonic()
    try:
        while True:
            try:
                return process.wait(SIGN_OF_LIFE_S)
            except subprocess.TimeoutExpired:
                say(f"    still at it, {time.monotonic() - started:.0f} s so far")
    except KeyboardInterrupt:
        _end(process)
        raise


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(log: Path, begin: int) -> str:
    with log.open("rb") as source:
        source.seek(begin)
        lines = source.read().decode("utf-8", "replace").splitlines()
    return "\n".join(lines[-TAIL_LINES:])
