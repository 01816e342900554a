# SPDX-License-Identifier: Apache-2.0
"""Starts the answer process, speaks lines with it, and ends it as a tree."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from desktop.errors import EngineError
from desktop.inference.lines import LineReader, write_line

#: The child's environment is built from nothing; only these are handed on. None of them can carry a person's data.
PASSED_ON = (
    "PATH", "LD_LIBRARY_PATH", "CUDA_PATH", "CUDA_VISIBLE_DEVICES", "SYSTEMROOT", "WINDIR", "TEMP", "TMP", "TMPDIR",
)
_CODE_FOLDER = Path(__file__).resolve().parents[2]
# -I keeps foreign folders out of the path, ours too; so it is named here, in front of all others.
_START = (
    "import runpy,sys; sys.path.insert(0,sys.argv.pop()); "
    "runpy.run_module('desktop.inference.worker',run_name='__main__')"
)


class AnswerProcess:
    """One child that runs `desktop.inference.worker`, in a session and process group of its own."""

    def __init__(self) -> None:
        if importlib.util.find_spec("llama_cpp") is None:
            raise EngineError("The language model's library is not installed here; run the set-up again.",
                              code="engine-missing")
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _START, str(_CODE_FOLDER)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
            env=child_environment(), cwd=os.path.abspath(os.sep), start_new_session=True, creationflags=flags,
        )
        assert self._child.stdin and self._child.stdout
        self._stdin = self._child.stdin.fileno()
        self._events = LineReader(self._child.stdout.fileno())

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    def send(self, kind: str, **fields: Any) -> None:
        """Send one command; raises `PipeClosed` when the child is gone."""
        write_line(self._stdin, {"type": kind, **fields})

    def read(self, timeout_s: float) -> dict[str, Any] | None:
        """The next event, or None when none came in time; raises `PipeClosed` when the child is gone."""
        return self._events.read(timeout_s)

    def end(self) -> None:
        """End the child and everything it started, at once; nothing in it is worth saving.

        The pipes stay open until this object goes: another thread may be reading, and a file descriptor closed under
        it could already be somebody else's.
        """
        if sys.platform == "win32":
            self._child.kill()
        elif self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def __del__(self) -> None:
        child = getattr(self, "_child", None)
        for pipe in (child.stdin, child.stdout) if child else ():
            pipe.close()


def child_environment() -> dict[str, str]:
    """The whole environment of the child."""
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ}
