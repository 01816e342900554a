# SPDX-License-Identifier: Apache-2.0
"""Turns what the trainer writes into the run's own events; pure: bytes in, events out.

Nothing that arrives is believed: the first line must be a `hello` of this protocol, from our own trainer and with our
own rule files; lines are numbered without a gap; binaries come whole and with the right hash. Whatever breaks that
becomes one `RunFailed`, after which nothing more is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop.domain import run
from desktop.errors import TrainerError
from desktop.training.framer import Framer
from trainer import protocol
from trainer.protocol import Message, ProtocolError

STOPPED_UNEXPECTEDLY = "The training program stopped unexpectedly; what was trained so far is lost. Start it again."
KILLED = (
    "The training program was ended by the system, most likely because memory ran out; close other programs, or train "
    "a smaller model."
)
UNREADABLE = "The training program sent something that this version cannot read; repair the training installation."


class Reader:
    """One run's stdout: `feed` it bytes, `close` it with how the process ended; both give the events that follow."""

    def __init__(self, practice_sha256: str, trainer_folder: Path) -> None:
        self._framer = Framer()
        self._translator = Translator(practice_sha256, trainer_folder)
        self.is_over = False
        self.has_failed = False

    @property
    def is_greeted(self) -> bool:
        """True once a `hello` was accepted."""
        return self._translator.is_greeted

    @property
    def ignored(self) -> int:
        """How many messages and fields this version does not know; `doctor` tells when there are any."""
        return self._translator.ignored

    def feed(self, data: bytes) -> list[run.RunEvent]:
        """The events that `data` completes; empty once the run is over."""
        events: list[run.RunEvent] = []
        if self.is_over:
            return events
        try:
            for line in self._framer.feed(data):
                events += self._translator.events(line)
        except ProtocolError as error:
            events += [run.RunWarned(str(error)), run.RunFailed("trainer-protocol", UNREADABLE)]
        except TrainerError as error:
            events.append(run.RunFailed(error.code, error.sentence))
        self.has_failed = any(isinstance(event, run.RunFailed) for event in events)
        self.is_over = self.has_failed or any(isinstance(event, run.RunFinished) for event in events)
        return events

    def close(
        self, exit_status: int | None, stop_mode: str | None, ended_because: run.RunFailed | None = None
    ) -> list[run.RunEvent]:
        """The stream and the process ended: what that means when the trainer did not say so itself.

        `ended_because` is why the app ended it, when it did.
        """
        if self.is_over:
            return []
        self.is_over = True
        if stop_mode == "now":
            return [run.RunFinished(self._translator.step, 0.0, stopped=True)]
        if ended_because is not None:
            return [ended_because]
        if exit_status in (-9, 137):  # SIGKILL, told by the system or by a shell
            return [run.RunFailed("trainer-killed", KILLED)]
        return [run.RunFailed("trainer-stopped", STOPPED_UNEXPECTEDLY)]


class Translator:
    """Lines to events (module docstring); keeps what must hold from line to line."""

    def __init__(self, practice_sha256: str, trainer_folder: Path) -> None:
        self._practice_sha256 = practice_sha256
        self._trainer_folder = trainer_folder
        self._next_seq = 0
        self._blobs: dict[str, protocol.BlobAssembler] = {}
        self.is_greeted = False
        self.step = 0
        self.ignored = 0

    def events(self, line: bytes) -> list[run.RunEvent]:
        """The events of one line; raises `ProtocolError` or `TrainerError`."""
        parsed = protocol.parse_line(line)
        if parsed.seq != self._next_seq:
            raise ProtocolError("A line is missing or came twice.")
        self._next_seq += 1
        self.ignored += parsed.ignored_fields
        message = parsed.message
        if not self.is_greeted and not isinstance(message, (protocol.Hello, protocol.Failed)):
            raise ProtocolError("The first line is not a \"hello\".")
        if isinstance(message, protocol.Hello):
            return [self._greet(message)]
        if isinstance(message, protocol.BlobChunk):
            return self._collect(message)
        return self._plain(message)

    def _plain(self, message: Message) -> list[run.RunEvent]:
        make = _EVENTS.get(type(message))
        if make is None:
            self.ignored += 1
            return []
        if isinstance(message, (protocol.Metric, protocol.Progress)):
            self.step = max(self.step, message.step)
        return [make(message)]

    def _greet(self, hello: protocol.Hello) -> run.TrainerReady:
        if self.is_greeted:
            raise ProtocolError("A second \"hello\" came.")
        if hello.protocol != protocol.PROTOCOL_VERSION:
            raise TrainerError("The training installation belongs to another version of Circlekeeper; repair it.",
                               code="trainer-version")
        if not _is_inside(hello.module_file, self._trainer_folder):
            raise TrainerError("Another program named \"trainer\" answered instead of ours; repair the training "
                               "installation.", code="trainer-foreign")
        if hello.practice_sha256 != self._practice_sha256:
            raise TrainerError("The training program has other rule files than this window; repair the training "
                               "installation.", code="trainer-practice")
        self.is_greeted = True
        return run.TrainerReady(hello.version, hello.device, hello.libraries)

    def _collect(self, chunk: protocol.BlobChunk) -> list[run.RunEvent]:
        whole = self._blobs.setdefault(chunk.name, protocol.BlobAssembler()).add(chunk)
        if whole is None:
            return []
        return [run.ArtifactReceived(chunk.name, hashlib.sha256(whole).hexdigest(), whole)]


def _is_inside(file: str, folder: Path) -> bool:
    return Path(file).resolve().is_relative_to(folder.resolve())


def _step_measured(m: protocol.Metric) -> run.StepMeasured:
    return run.StepMeasured(m.step, m.reward, m.parts, m.kl, m.zero_variance, m.valid, m.mean_words, m.seconds)


def _proved(m: protocol.Proof) -> run.ConversionProved:
    return run.ConversionProved(m.token_ids_equal, m.positions, m.nmse, m.max_abs, m.top1,
                                m.passed and m.token_ids_equal)


def _scored(m: protocol.ScoreNote) -> run.AnswerScored:
    return run.AnswerScored(m.when, m.scenario_id, m.sample, m.total, m.valid, m.missed_stop, m.invented_person,
                            m.wrong_particular, m.words, m.criteria, m.text)


_EVENTS: dict[type[Message], Callable[[Any], run.RunEvent]] = {
    protocol.Phase: lambda m: run.PhaseEntered(m.name),
    protocol.Progress: lambda m: run.StepsDone(m.step, m.steps, m.elapsed_s, m.eta_s),
    protocol.Metric: _step_measured,
    protocol.Sample: lambda m: run.AnswerSampled(m.step, m.scenario_id, m.text, m.reward),
    protocol.Proof: _proved,
    protocol.ScoreNote: _scored,
    protocol.Warning_: lambda m: run.RunWarned(m.text),
    protocol.Failed: lambda m: run.RunFailed(m.code, m.sentence),
    protocol.Finished: lambda m: run.RunFinished(m.steps, m.seconds, m.stopped),
}
