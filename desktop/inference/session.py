# SPDX-License-Identifier: Apache-2.0
"""The child's conversation with the app: commands as JSON lines on stdin, events on stdout. No llama.cpp in here.

Commands: load{path}, adapter{sha256, data, last}, answer{id, messages, adapter, temperature, top_p, seed, max_tokens},
cancel{id}, quit. Events: hello, alive, loaded, adapter_ready, text{id, text}, done{id, ...}, failed{code, sentence}.
The end of stdin ends the process.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from desktop.inference.lines import LineReader, PipeClosed, write_line

MAX_CONTEXT_TOKENS = 32_768
MIN_ANSWER_TOKENS = 256
MAX_ADAPTER_BYTES = 1 << 30
ALIVE_EVERY_S = 1.0
LOOK_EVERY_S = 0.05


class WorkerError(Exception):
    """Trouble that the app tells the user: a stable code and one sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code, self.sentence = code, sentence


class Interrupted(Exception):
    """A computation was stopped in its middle because the answer was cancelled."""


class LoadedModel(Protocol):
    """What the session needs of a model; `adapter_id` "" is the base."""

    context_tokens: int

    def describe(self) -> dict[str, Any]: ...
    def set_adapter(self, adapter_id: str, data: bytes) -> None: ...
    def encode(self, messages: Sequence[dict[str, str]]) -> list[int]: ...
    def prefill(self, adapter_id: str, prompt: list[int], limit: int) -> int: ...
    def tokens(self, adapter_id: str, limit: int, temperature: float, top_p: float, seed: int) -> Iterator[int]: ...
    def piece(self, token: int) -> bytes: ...
    def is_end(self, token: int) -> bool: ...


#: Called with a path, a sign of life to give now and then, and a question to ask often: "stop?".
Loader = Callable[[str, Callable[[], None], Callable[[], bool]], LoadedModel]


class Session:
    """Follows commands until it is told to quit or the app is gone."""

    def __init__(self, commands: LineReader, events_fd: int, load: Loader) -> None:
        self._commands, self._events_fd, self._load_model = commands, events_fd, load
        self._waiting: deque[dict[str, Any]] = deque()
        self._model: LoadedModel | None = None
        self._adapter_parts = bytearray()
        self._answering: int | None = None
        self._is_cancelled = False
        self._is_gone = False
        self._last_event = self._last_look = 0.0

    def run(self, **hello: Any) -> None:
        """Say hello and follow commands; one that fails is told, and the next one is taken."""
        try:
            self._send("hello", **hello)
            while not self._is_gone:
                command = self._next_command()
                if command["type"] == "quit":
                    return
                self._follow(command)
        except PipeClosed:
            return

    def _follow(self, command: dict[str, Any]) -> None:
        handlers = {"load": self._load, "adapter": self._take_adapter, "answer": self._answer}
        handler = handlers.get(command["type"])
        try:
            if handler:
                handler(command)
        except WorkerError as error:
            self._answering = None
            self._send("failed", id=command.get("id"), code=error.code, sentence=error.sentence)

    def _send(self, kind: str, **fields: Any) -> None:
        self._last_event = time.monotonic()
        write_line(self._events_fd, {"type": kind, **fields})

    def _next_command(self) -> dict[str, Any]:
        if self._waiting:
            return self._waiting.popleft()
        while (command := self._commands.read(60.0)) is None:
            continue
        return command

    def _load(self, command: dict[str, Any]) -> None:
        self._model = self._load_model(str(command["path"]), self._show_life, self._should_stop)
        self._send("loaded", **self._model.describe())

    def _take_adapter(self, command: dict[str, Any]) -> None:
        self._adapter_parts += base64.b64decode(command["data"])
        if len(self._adapter_parts) > MAX_ADAPTER_BYTES:
            raise WorkerError("adapter", "This trained version is too large to be one; train again.")
        if not command["last"]:
            return
        data, self._adapter_parts = bytes(self._adapter_parts), bytearray()
        if hashlib.sha256(data).hexdigest() != command["sha256"]:
            raise WorkerError("adapter", "This trained version is damaged; choose another one.")
        self._require_model().set_adapter(command["sha256"], data)
        self._send("adapter_ready")

    def _answer(self, command: dict[str, Any]) -> None:
        started = time.monotonic()
        self._answering, self._is_cancelled = command["id"], False
        model, adapter_id = self._require_model(), command["adapter"] or ""
        prompt = model.encode(command["messages"])
        limit = _room_for_answer(model, len(prompt), int(command["max_tokens"]))
        counts = {"prompt_tokens": len(prompt), "reused": 0, "tokens": 0, "first_token_s": 0.0}
        try:
            counts["reused"] = model.prefill(adapter_id, prompt, limit)
            sampling = float(command["temperature"]), float(command["top_p"]), int(command["seed"])
            ended = self._write(model.tokens(adapter_id, limit, *sampling), model, counts, started)
        except Interrupted:
            ended = "cancelled"
        self._answering = None
        self._send("done", id=command["id"], ended=ended, seconds=time.monotonic() - started, **counts)

    def _write(self, tokens: Iterator[int], model: LoadedModel, counts: dict[str, Any], started: float) -> str:
        """Send the text of the tokens as it comes; returns how the answer ended."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")  # a character may be several tokens
        ended = "length"
        for token in tokens:
            self._look()
            if self._is_cancelled:
                ended = "cancelled"
                break
            if model.is_end(token):
                ended = "end"
                break
            counts["tokens"] += 1
            counts["first_token_s"] = counts["first_token_s"] or time.monotonic() - started
            self._send_text(decoder.decode(model.piece(token)))
        self._send_text(decoder.decode(b"", final=True))
        return ended

    def _send_text(self, text: str) -> None:
        if text:
            self._send("text", id=self._answering, text=text)

    def _require_model(self) -> LoadedModel:
        if self._model is None:
            raise WorkerError("no-model", "No model is loaded; choose a model first.")
        return self._model

    def _should_stop(self) -> bool:
        """Asked very often inside a computation; must not raise, since C code calls it."""
        now = time.monotonic()
        if now - self._last_look >= LOOK_EVERY_S:
            self._last_look = now
            self._look()
            self._show_life()
        return self._is_cancelled

    def _show_life(self) -> None:
        if time.monotonic() - self._last_event < ALIVE_EVERY_S:
            return
        try:
            self._send("alive")
        except PipeClosed:
            self._is_gone = self._is_cancelled = True

    def _look(self) -> None:
        """Take what is waiting on stdin without waiting for it."""
        try:
            while (command := self._commands.read(0.0)) is not None:
                if command["type"] == "cancel":
                    self._is_cancelled |= self._answering is not None and command.get("id") == self._answering
                else:
                    self._waiting.append(command)
        except PipeClosed:
            self._is_gone = self._is_cancelled = True


def _room_for_answer(model: LoadedModel, prompt_tokens: int, wanted: int) -> int:
    """How many tokens the answer may have; too little room is told instead of an answer that breaks off."""
    room = min(model.context_tokens, MAX_CONTEXT_TOKENS) - prompt_tokens
    if room < min(MIN_ANSWER_TOKENS, wanted):
        raise WorkerError("too-long", "The report and the policies are too long for this model; shorten the report.")
    return min(wanted, room)
