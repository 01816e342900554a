# SPDX-License-Identifier: Apache-2.0
"""The trainer's end of the wire: stdout is taken for messages alone, commands are read from stdin on a thread.

    channel = reserve()             # first thing in the process, before any library can print
    channel.send(Hello(...))
    job = channel.job()             # blocks until the app said `start`
    channel.stop_requested()        # None, "save" or "now"; ask after every step

Everything that libraries print goes to stderr, which the app keeps as a short, unseen ring. When stdin ends the app is
gone: that is a "save", and if the process still lives `EOF_GRACE_S` later it ends its whole process group, so that a
training run never outlives its owner by more than that.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from dataclasses import dataclass, field

from trainer.practice.case import CaseError
from trainer.practice.citations import Passage
from trainer.practice.scenario import Scenario, parse_scenario
from trainer.protocol import (
    MAX_LINE_BYTES,
    BlobAssembler,
    BlobChunk,
    Message,
    PassageLine,
    ProtocolError,
    ScenarioLine,
    Start,
    Stop,
    encode,
    parse,
)

EOF_GRACE_S = 60.0
MAX_SCENARIOS = 20_000
MAX_PASSAGES = 20_000


class ChannelClosed(Exception):
    """The app is gone: nobody sends a job, or nobody reads."""


@dataclass
class Job:
    """What the app sent before `start`; `blobs` maps "checkpoint" and "adapter.gguf" to their bytes."""

    start: Start
    scenarios: list[Scenario] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)

    @property
    def checkpoint(self) -> bytes | None:
        """The checkpoint to resume from."""
        return self.blobs.get("checkpoint")

    @property
    def adapter(self) -> bytes | None:
        """The adapter to compare, in GGUF."""
        return self.blobs.get("adapter.gguf")


def reserve() -> Channel:
    """Take fd 0 and fd 1 for the wire; from now on stdout means stderr and stdin is empty."""
    wire_in, wire_out = os.dup(0), os.dup(1)
    sys.stdout.flush()
    os.dup2(2, 1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return Channel(wire_in, wire_out)


class Channel:
    """Both directions over two file descriptors; `send` may be called from any thread."""

    def __init__(self, wire_in: int, wire_out: int, eof_grace_s: float = EOF_GRACE_S) -> None:
        self._wire_out = wire_out
        self._eof_grace_s = eof_grace_s
        self._seq = 0
        self._sending = threading.Lock()
        self._stop: str | None = None
        self._jobs: queue.SimpleQueue[Job | Exception] = queue.SimpleQueue()
        self._inbox = _Inbox()
        threading.Thread(target=self._read, args=(wire_in,), name="commands", daemon=True).start()

    def send(self, message: Message) -> None:
        """Write one message; raises `ChannelClosed` when nobody reads, `ProtocolError` for what must not be sent."""
        with self._sending:
            data = memoryview(encode(message, self._seq))
            self._seq += 1
            try:
                while data:
                    data = data[os.write(self._wire_out, data):]
            except OSError:
                raise ChannelClosed from None

    def job(self) -> Job:
        """Wait for `start` and return the job; raises `ChannelClosed` or `ProtocolError`."""
        outcome = self._jobs.get()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def stop_requested(self) -> str | None:
        """None, "save" (end after this step and keep the work) or "now"."""
        return self._stop

    def _read(self, wire_in: int) -> None:
        try:
            with open(wire_in, "rb") as lines:
                while line := lines.readline(MAX_LINE_BYTES + 1):
                    self._take(parse(line))
        except (ProtocolError, OSError) as error:
            # A broken command stream cannot be resynchronised: before `start` it fails the job, later it ends it.
            self._jobs.put(error if isinstance(error, ProtocolError) else ChannelClosed())
        self._jobs.put(ChannelClosed())
        self._stop = self._stop or "save"
        watchdog = threading.Timer(self._eof_grace_s, _end_group)
        watchdog.daemon = True
        watchdog.start()

    def _take(self, message: Message) -> None:
        if isinstance(message, Stop):
            if self._stop != "now":
                self._stop = message.mode
            return
        job = self._inbox.take(message)
        if job is not None:
            self._jobs.put(job)


class _Inbox:
    """Gathers what belongs to one job until `start`."""

    def __init__(self) -> None:
        self._scenarios: list[Scenario] = []
        self._passages: list[Passage] = []
        self._assemblers: dict[str, BlobAssembler] = {}
        self._blobs: dict[str, bytes] = {}

    def take(self, message: Message) -> Job | None:
        """Keep the message; returns the job when it was `start`."""
        if isinstance(message, ScenarioLine):
            self._take_scenario(message)
        elif isinstance(message, PassageLine):
            self._require_room(len(self._passages), MAX_PASSAGES, "policy passages")
            self._passages.append(Passage(message.id, message.heading, message.text))
        elif isinstance(message, BlobChunk):
            whole = self._assemblers.setdefault(message.name, BlobAssembler()).add(message)
            if whole is not None:
                self._blobs[message.name] = whole
        elif isinstance(message, Start):
            return Job(message, self._scenarios, self._passages, self._blobs)
        return None

    def _take_scenario(self, message: ScenarioLine) -> None:
        self._require_room(len(self._scenarios), MAX_SCENARIOS, "scenarios")
        try:
            self._scenarios.append(parse_scenario(message.scenario))
        except CaseError as error:
            raise ProtocolError(f"Scenario {len(self._scenarios) + 1}: {error}") from None

    @staticmethod
    def _require_room(count: int, limit: int, what: str) -> None:
        if count >= limit:
            raise ProtocolError(f"More than {limit} {what} were sent.")


def _end_group() -> None:
    """End this process and the workers it started; only ever a group that this process leads."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(3)
