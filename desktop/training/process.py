# SPDX-License-Identifier: Apache-2.0
"""One training run's process: started, fed, read, stopped, and ended with everything that it started.

`run` blocks its caller and calls `on_event` on the caller's thread; `stop` may be called from any thread or from a
signal handler, because it only leaves a note. Three more threads come from the runner that the caller hands in
(threads are made in `tasks.py` alone): one writes the job, one watches the clock, one keeps the last lines of stderr.

Stopping goes: the stop command, a time of grace, a polite end, and the end of the whole process group. The trainer
itself ends when its stdin does, so it does not outlive an app that was killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from desktop.domain.run import RunEvent, RunFailed, StopAsked
from desktop.errors import TrainerError
from desktop.training.environment import PrivateFolder, find_python, trainer_environ
from desktop.training.translate import Reader
from trainer.protocol import Message, ProtocolError, Stop, encode

Background = Callable[[Callable[[], None]], object]
READ_BYTES = 64 * 1024
STDERR_LINES, STDERR_LINE_CHARS = 200, 400
POLL_S, GROUP_S = 0.1, 2.0
LAUNCHER = Path(__file__).with_name("launch.py")
STUCK = RunFailed(
    "trainer-stuck",
    "The training program did not start in time; close other programs and try again, or repair the installation.",
)
LATE = RunFailed(
    "trainer-late",
    "The training program did not stop in time and was ended; what was trained since its last saved state is lost.",
)


@dataclass(frozen=True)
class Patience:
    """How long, in seconds, is waited for what."""

    hello_s: float = 300.0
    save_s: float = 900.0
    now_s: float = 15.0
    polite_s: float = 5.0
    exit_s: float = 10.0


class TrainingProcess:
    """A process for one run; make a new one for the next."""

    def __init__(
        self,
        python: Path,
        practice_sha256: str,
        background: Background,
        *,
        launcher: Path = LAUNCHER,
        base_folder: Path | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._python = python
        self._launcher = launcher
        self._base_folder = base_folder
        self._background = background
        self._patience = patience or Patience()
        self._reader = Reader(practice_sha256, launcher.resolve().parents[2] / "trainer")
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._stop_mode: str | None = None
        self._told_stop: str | None = None
        self._next_seq: int | None = None  # None until the whole job is written
        self._is_ended = False
        self._ended_because: RunFailed | None = None

    def run(self, messages: Iterable[Message], on_event: Callable[[RunEvent], None]) -> None:
        """Send the messages (the last is `Start`) and report everything until the run is over."""
        lines = _encoded(messages)
        with PrivateFolder(self._base_folder) as private:
            process = self._start(private)
            try:
                for work in (self._keep_stderr, self._watch, partial(self._feed, lines=lines)):
                    self._background(partial(work, process))
                self._pump(process, on_event)
            finally:
                self._is_ended = True
                _end_tree(process, self._patience.polite_s)

    def stop(self, mode: str) -> None:
        """Ask to stop: "save" keeps the work, "now" does not and wins over "save"."""
        if self._stop_mode != "now":
            self._stop_mode = mode

    def last_words(self) -> list[str]:
        """The last lines of stderr, for `doctor`; they are shown nowhere else and written nowhere."""
        return list(self._stderr)

    def _start(self, private: Path) -> subprocess.Popen[bytes]:
        is_windows = sys.platform == "win32"
        try:
            return subprocess.Popen(
                [str(self._python), "-I", "-X", "utf8", str(self._launcher)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                cwd=private, env=trainer_environ(private, os.environ), start_new_session=not is_windows,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0) if is_windows else 0,
            )
        except OSError:
            raise TrainerError("The training program could not be started; repair the training installation.",
                               code="trainer-start") from None

    def _pump(self, process: subprocess.Popen[bytes], on_event: Callable[[RunEvent], None]) -> None:
        assert process.stdout is not None
        with process.stdout as stdout:
            while not self._reader.is_over and (data := os.read(stdout.fileno(), READ_BYTES)):
                self._tell_stop(on_event)
                for event in self._reader.feed(data):
                    on_event(event)
            exit_status = None if self._reader.has_failed else self._exit_status(process)
        self._tell_stop(on_event)
        for event in self._reader.close(exit_status, self._stop_mode, self._ended_because):
            on_event(event)

    def _tell_stop(self, on_event: Callable[[RunEvent], None]) -> None:
        if self._stop_mode and self._stop_mode != self._told_stop and not self._reader.is_over:
            self._told_stop = self._stop_mode
            on_event(StopAsked(self._told_stop))

    def _exit_status(self, process: subprocess.Popen[bytes]) -> int | None:
        """A process that said its last word gets a moment to leave by itself."""
        try:
            return process.wait(self._patience.exit_s)
        except subprocess.TimeoutExpired:
            return None

    def _keep_stderr(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        with process.stderr as stderr:
            while line := stderr.readline(STDERR_LINE_CHARS):
                self._stderr.append(line.decode("utf-8", "replace").rstrip())

    def _feed(self, process: subprocess.Popen[bytes], lines: list[bytes]) -> None:
        if all(_write(process, line) for line in lines):  # else the process is gone, and the pump tells why
            self._next_seq = len(lines)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Look ten times a second whether a stop must be sent, and whether something takes too long."""
        sent_stop, deadline = "", time.monotonic() + self._patience.hello_s
        while not self._is_ended and process.poll() is None:
            if self._stop_mode and self._stop_mode != sent_stop:
                sent_stop = self._stop_mode
                deadline = time.monotonic() + (self._patience.now_s if sent_stop == "now" else self._patience.save_s)
                self._send_stop(process, sent_stop)
            if time.monotonic() > deadline and (sent_stop or not self._reader.is_greeted):
                self._ended_because = LATE if sent_stop else STUCK
                break
            time.sleep(POLL_S)
        _end_tree(process, self._patience.polite_s)

    def _send_stop(self, process: subprocess.Popen[bytes], mode: str) -> None:
        """Before the whole job is written there is nothing to stop gently: the deadline ends it."""
        if self._next_seq is not None:
            _write(process, encode(Stop(mode), self._next_seq))
            self._next_seq += 1


def _encoded(messages: Iterable[Message]) -> list[bytes]:
    try:
        return [encode(message, seq) for seq, message in enumerate(messages)]
    except ProtocolError as error:
        raise TrainerError(f"This cannot be sent to the training program: {error}", code="trainer-job") from None


def _write(process: subprocess.Popen[bytes], data: bytes) -> bool:
    """Write all of it; False when nobody reads any more."""
    assert process.stdin is not None
    view = memoryview(data)
    try:
        while view:
            view = view[process.stdin.write(view) or 0:]
    except (OSError, ValueError):
        return False
    return True


def _end_tree(process: subprocess.Popen[bytes], polite_s: float) -> None:
    """End the process and everything in its group, and close its stdin. Harmless the second time."""
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        try:
            process.wait(polite_s)
        except subprocess.TimeoutExpired:
            process.kill()
    deadline = time.monotonic() + GROUP_S
    while _signal_group(process, getattr(signal, "SIGKILL", signal.SIGTERM)) and time.monotonic() < deadline:
        time.sleep(POLL_S)  # a process that was killed needs a moment to be gone
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> bool:
    """Signal everything in the group; True when there was something to signal that may still be ending."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    elif process.pid > 1:
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True
    return False


def process_factory(
    installed_python: Path | None, practice_sha256: str, background: Background
) -> Callable[[], TrainingProcess]:
    """What makes one `TrainingProcess` per run; looking for the Python waits until a run is wanted."""
    return lambda: TrainingProcess(find_python(installed_python, os.environ), practice_sha256, background)
