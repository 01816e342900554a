# SPDX-License-Identifier: Apache-2.0
"""A process that is killed while it saves loses nothing that it had acknowledged."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from desktop.store.vault import Vault

KILLS = 20
PASSPHRASE = "quiet lantern over water"
CHILD = Path(__file__).with_name("writer_child.py")


def run_and_kill(folder: Path, first: int, after_s: float) -> list[int]:
    """Let the child save until `after_s` after its first acknowledgement, kill it, return what it acknowledged."""
    command = [sys.executable, str(CHILD), str(folder), str(first)]
    environment = {**os.environ, "PYTHONPATH": str(CHILD.parents[2])}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(PASSPHRASE + "\n")
        child.stdin.flush()
        acknowledged = child.stdout.readline()
        time.sleep(after_s)
        child.kill()
        acknowledged += child.stdout.read()
    return [int(line) for line in acknowledged.splitlines(keepends=True) if line.endswith("\n")]


def test_killed_writer_loses_nothing(closed_vault: Path, reopen: Callable[[], Vault]) -> None:
    chance = random.Random(5)
    first, acknowledged = 0, 0
    for _ in range(KILLS):
        numbers = run_and_kill(closed_vault, first, chance.random() * 0.05)
        assert numbers, "the child saved nothing, so this run proves nothing"
        acknowledged += len(numbers)
        with reopen() as vault:
            present = {int(incident.id[1:]) for incident in vault.cases.incidents()}
            assert set(range(numbers[-1] + 1)) <= present
            assert len(vault.cases.incidents("number")) == len(present)
        first = max(present) + 1
    with reopen() as vault:
        assert vault.damage() == []
    assert acknowledged > KILLS
