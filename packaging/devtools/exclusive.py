# SPDX-License-Identifier: Apache-2.0
"""One setup at a time in a checkout: a lock of the operating system, gone with the processes that hold it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools.console import say


@contextmanager
def exclusive(path: Path) -> Iterator[int]:
    """Hold the lock at `path`, waiting for whoever has it; gives the descriptor that carries it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        waiting = False
        while not _take(descriptor):
            if not waiting:
                say("Another setup is at work in this checkout; waiting for it to end.")
                waiting = True
            time.sleep(0.5)
        yield descriptor
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
