# SPDX-License-Identifier: Apache-2.0
"""The wire between the app and the trainer: one JSON object a line, checked on both sides by this one file.

Rules: UTF-8, at most 1 MiB a line, every object has "type" and "seq" (0, 1, 2 ... in each direction), no NaN or
infinity. Unknown types and fields are ignored and counted, so that an older app can watch a newer trainer; a missing or
ill-typed field raises `ProtocolError` with a sentence. Binary travels as numbered chunks, the last with the SHA-256 of
the whole. Fields with a default may be left out by the other side.

From the app: `ScenarioLine` xN, `PassageLine` xN, `BlobChunk` ("checkpoint" to resume from; "adapter.gguf" to compare),
then `Start`, and later perhaps `Stop`. The end of stdin means: save and exit. From the trainer: `Hello` first, then the
others in any order, and `Finished` or `Failed` last.

Context: a training run is hours of somebody's evening, and what arrives here is read by the app as the user.
Choice: frozen dataclasses checked by their annotations, the check used when writing as well as when reading, so that a
mistake shows where it is made. Turned down: pickle (runs code), a schema library (the app's rim is stdlib only).
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, ClassVar

PROTOCOL_VERSION = 1
MAX_LINE_BYTES = 1024 * 1024
MAX_CHUNK_CHARS = 512 * 1024
MAX_CHUNK_BYTES = MAX_CHUNK_CHARS // 4 * 3
MAX_BLOB_BYTES = 1024 * 1024 * 1024

PHASES = ("loading", "baseline", "training", "saving", "converting", "proving", "comparing")
STOP_MODES = ("save", "now")
START_MODES = ("train", "evaluate")
BLOB_NAMES = ("checkpoint", "adapter.gguf", "adapter.safetensors")
WHEN = ("before", "after")


class ProtocolError(ValueError):
    """A line that breaks the rules of the wire; the message is one sentence without any of the line's text."""


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ProtocolError(f"\"{name}\" must be text.")
    return value


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ProtocolError(f"\"{name}\" must be a whole number, 0 or above.")
    return value


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ProtocolError(f"\"{name}\" must be a finite number.")
    return float(value)


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ProtocolError(f"\"{name}\" must be true or false.")
    return value


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ProtocolError(f"\"{name}\" must be an object.")
    return dict(value)


def _numbers(value: Any, name: str) -> dict[str, float]:
    return {key: _number(item, name) for key, item in _object(value, name).items()}


def _texts(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise ProtocolError(f"\"{name}\" must be a list of texts.")
    return tuple(_text(item, name) for item in value)


def _chunk(value: Any, name: str) -> bytes:
    """Bytes when writing, base64 text when reading; both come out as bytes."""
    if isinstance(value, bytes):
        if len(value) > MAX_CHUNK_BYTES:
            raise ProtocolError(f"\"{name}\" must hold at most {MAX_CHUNK_BYTES} bytes.")
        return value
    if not isinstance(value, str) or len(value) > MAX_CHUNK_CHARS:
        raise ProtocolError(f"\"{name}\" must be base64 text of at most {MAX_CHUNK_CHARS} characters.")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        raise ProtocolError(f"\"{name}\" is not valid base64.") from None


#: The check of a field, by its annotation.
_CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "str": _text, "int": _whole, "float": _number, "bool": _flag, "bytes": _chunk,
    "float | None": lambda value, name: None if value is None else _number(value, name),
    "dict[str, Any]": _object, "dict[str, float]": _numbers, "tuple[str, ...]": _texts,
}


@dataclass(frozen=True)
class Message:
    """Base of everything that travels: `type` is the word on the wire, `choices` the words that a field may hold."""

    type: ClassVar[str]
    choices: ClassVar[dict[str, tuple[str, ...]]]

    def __init_subclass__(cls, word: str, **choices: tuple[str, ...]) -> None:
        cls.type, cls.choices = word, choices


@dataclass(frozen=True)
class ScenarioLine(Message, word="scenario"):
    """One scenario as `trainer.practice.scenario.parse_scenario` reads it."""

    scenario: dict[str, Any]


@dataclass(frozen=True)
class PassageLine(Message, word="passage"):
    """One policy passage."""

    id: str
    heading: str
    text: str


@dataclass(frozen=True)
class Start(Message, word="start", mode=START_MODES):
    """Everything was sent: begin.

    `recipe` is {"name": ...} or the content of a recipe file. `minutes` limits the training alone (0: the recipe's own
    limit). `evaluate` names the scenarios to be scored before and after and never trained on. In mode "evaluate"
    nothing is trained: those scenarios are answered `samples` times each by the base model ("before") and with the blob
    "adapter.gguf" ("after"), and every answer is told as a `ScoreNote`.
    """

    recipe: dict[str, Any]
    model_dir: str
    base_gguf: str
    assets_dir: str
    seed: int
    minutes: float
    resume: bool
    evaluate: tuple[str, ...]
    mode: str = "train"
    samples: int = 4


@dataclass(frozen=True)
class Stop(Message, word="stop", mode=STOP_MODES):
    """End after the current step with a checkpoint and an adapter ("save"), or at once without ("now")."""

    mode: str


@dataclass(frozen=True)
class BlobChunk(Message, word="blob", name=BLOB_NAMES):
    """One piece of a binary (`chunks_of`); `sha256` of the whole, in hex, stands on the last."""

    name: str
    index: int
    last: bool
    data: bytes
    sha256: str = ""


@dataclass(frozen=True)
class Hello(Message, word="hello"):
    """Who speaks: `module_file` is the file that the trainer was loaded from; the rules' hash must be the app's."""

    protocol: int
    version: str
    practice_sha256: str
    device: str
    module_file: str
    libraries: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Phase(Message, word="phase", name=PHASES):
    """The run enters a phase (one of `PHASES`)."""

    name: str


@dataclass(frozen=True)
class Progress(Message, word="progress"):
    """How far the phase is; seconds; `steps` and `eta_s` are 0 and None while nobody knows."""

    step: int
    steps: int
    elapsed_s: float
    eta_s: float | None = None


@dataclass(frozen=True)
class Metric(Message, word="metric"):
    """One training step: means over its completions; `zero_variance` and `valid` are shares from 0 to 1."""

    step: int
    reward: float
    parts: dict[str, float]
    kl: float
    zero_variance: float
    valid: float
    mean_words: float
    seconds: float


@dataclass(frozen=True)
class Sample(Message, word="sample"):
    """One answer as the model wrote it during training."""

    step: int
    scenario_id: str
    text: str
    reward: float


@dataclass(frozen=True)
class Proof(Message, word="proof"):
    """The conversion proof: the GGUF against the trained model, over `positions` token positions."""

    token_ids_equal: bool
    positions: int
    nmse: float
    max_abs: float
    top1: float
    passed: bool


@dataclass(frozen=True)
class ScoreNote(Message, word="score", when=WHEN):
    """The rubric's score (0 to 100) of one answer to a held-out scenario; `sample` counts the answers from 0.

    The rest is that of `trainer.practice.statistics.Judged`; `text` is the answer, where it is wanted.
    """

    when: str
    scenario_id: str
    total: float
    sample: int = 0
    valid: bool = True
    missed_stop: bool = False
    criteria: dict[str, float] = field(default_factory=dict)
    text: str = ""
    invented_person: bool = False
    wrong_particular: bool = False
    words: int = 0


@dataclass(frozen=True)
class Warning_(Message, word="warning"):
    """Something that a person should know; the run goes on."""

    text: str


@dataclass(frozen=True)
class Failed(Message, word="failed"):
    """The run cannot go on: a stable `code`, and one sentence that says what is wrong and what to do."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Finished(Message, word="finished"):
    """The run ended well; `stopped` when it was asked to end early."""

    steps: int
    seconds: float
    stopped: bool


@dataclass(frozen=True)
class Unknown(Message, word="unknown"):
    """A message of a type that this version does not know; ignored and counted."""

    name: str


@dataclass(frozen=True)
class Parsed:
    """One line: its number, its message, and how many of its fields are unknown here."""

    seq: int
    message: Message
    ignored_fields: int


MESSAGES: dict[str, type[Message]] = {
    kind.type: kind
    for kind in (ScenarioLine, PassageLine, Start, Stop, BlobChunk, Hello, Phase, Progress, Metric, Sample, Proof,
                 ScoreNote, Warning_, Failed, Finished)
}


def encode(message: Message, seq: int) -> bytes:
    """The line of a message, newline included; raises `ProtocolError` for what the other side would refuse."""
    body: dict[str, Any] = {"type": message.type, "seq": seq}
    for item in fields(message):
        value = _checked(type(message), item, getattr(message, item.name))
        body[item.name] = base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
    try:
        line = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        raise ProtocolError(f"A \"{message.type}\" message holds a value that JSON cannot carry.") from None
    data = line.encode("utf-8", "replace") + b"\n"
    if len(data) > MAX_LINE_BYTES:
        raise ProtocolError(f"A \"{message.type}\" message is longer than 1 MiB.")
    return data


def parse(line: bytes) -> Message:
    """The message of a line, or `Unknown`; raises `ProtocolError` (module docstring)."""
    return parse_line(line).message


def parse_line(line: bytes) -> Parsed:
    """Like `parse`, with the line's number and the count of its unknown fields."""
    body = _load(line)
    seq, word = _whole(body.get("seq"), "seq"), _text(body.get("type"), "type")
    kind = MESSAGES.get(word)
    if kind is None:
        return Parsed(seq, Unknown(word[:40]), 0)
    values = {}
    for item in fields(kind):
        if item.name in body:
            values[item.name] = _checked(kind, item, body[item.name])
        elif item.default is MISSING and item.default_factory is MISSING:
            raise ProtocolError(f"A \"{word}\" message has no \"{item.name}\".")
    return Parsed(seq, kind(**values), len(set(body) - set(values) - {"type", "seq"}))


def _checked(kind: type[Message], item: Field[Any], value: Any) -> Any:
    allowed = kind.choices.get(item.name)
    if allowed is not None and value not in allowed:
        raise ProtocolError(f"\"{item.name}\" must be one of {', '.join(allowed)}.")
    return _CHECKS[str(item.type)](value, item.name)


def _load(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE_BYTES:
        raise ProtocolError("A line is longer than 1 MiB.")
    try:
        body = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant,
                          parse_float=lambda digits: _number(float(digits), "a number"))
    except ProtocolError:
        raise
    except (ValueError, RecursionError):
        raise ProtocolError("A line is not valid JSON.") from None
    if not isinstance(body, dict):
        raise ProtocolError("A line is not a JSON object.")
    return body


def _refuse_constant(word: str) -> float:
    raise ProtocolError(f"A line holds {word}, which is not a number.")


def chunks_of(name: str, data: bytes) -> Iterator[BlobChunk]:
    """Cut a binary into messages; an empty one is one empty chunk."""
    count = max(1, math.ceil(len(data) / MAX_CHUNK_BYTES))
    for index in range(count):
        piece = data[index * MAX_CHUNK_BYTES:(index + 1) * MAX_CHUNK_BYTES]
        last = index == count - 1
        yield BlobChunk(name, index, last, piece, hashlib.sha256(data).hexdigest() if last else "")


class BlobAssembler:
    """Puts the chunks of one binary together again: in order, within a size, with its hash verified."""

    def __init__(self, limit_bytes: int = MAX_BLOB_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._parts: list[bytes] = []
        self._size_bytes = 0

    def add(self, chunk: BlobChunk) -> bytes | None:
        """Take the next chunk; returns the whole after the last one, and is then ready for another."""
        if chunk.index != len(self._parts):
            raise ProtocolError(f"A piece of \"{chunk.name}\" is missing or out of order.")
        self._size_bytes += len(chunk.data)
        if self._size_bytes > self._limit_bytes:
            raise ProtocolError(f"\"{chunk.name}\" is larger than the {self._limit_bytes} bytes allowed.")
        self._parts.append(chunk.data)
        if not chunk.last:
            return None
        whole = b"".join(self._parts)
        self._parts, self._size_bytes = [], 0
        if hashlib.sha256(whole).hexdigest() != chunk.sha256:
            raise ProtocolError(f"\"{chunk.name}\" does not match its SHA-256.")
        return whole
