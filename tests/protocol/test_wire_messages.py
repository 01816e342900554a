# SPDX-License-Identifier: Apache-2.0
"""Every message survives the wire; whatever breaks its rules is refused in one sentence, on both sides."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from trainer.protocol import (
    MAX_CHUNK_BYTES,
    MAX_LINE_BYTES,
    MESSAGES,
    BlobAssembler,
    BlobChunk,
    Failed,
    Finished,
    Hello,
    Message,
    Metric,
    PassageLine,
    Phase,
    Progress,
    Proof,
    ProtocolError,
    Sample,
    ScenarioLine,
    ScoreNote,
    Start,
    Stop,
    Unknown,
    Warning_,
    chunks_of,
    encode,
    parse,
    parse_line,
)

METRIC = Metric(3, 0.5, {"tags": 1.0, "rubric": 0.25}, 0.02, 0.125, 0.9, 210.0, 12.5)
EVERY_MESSAGE: list[Message] = [
    ScenarioLine({"id": "a", "case": {"narrative": "Ça va? 学校"}, "gold": {"level": "CLEAR"}}),
    PassageLine("conduct-3.2", "Fights", "Both sides are heard.\nThen the circle meets.\u2028"),
    Start({"name": "restorative", "learning_rate": 1.5e-3}, "/m", "/m/base.gguf", "/a", 7, 20.0, True, ("t-1", "t-2"),
          mode="evaluate", samples=8),
    Stop("save"),
    BlobChunk("checkpoint", 0, True, bytes(range(256)), "ab"),
    Hello(1, "0.1.0", "aa", "cpu", "/x/trainer/__init__.py", {"torch": "2.13.0"}),
    Phase("proving"),
    Progress(1, 64, 12.5, None),
    METRIC,
    Sample(2, "train-1-4", "<reasoning>…</reasoning>\n## Safety check\n\"none\"", -1.0),
    Proof(True, 64, 2e-7, 4e-4, 1.0, True),
    ScoreNote("after", "test-2-1", 71.5, 3, False, True, {"C1": 2.0}, "an answer", True, True, 210),
    Warning_("One scenario was cut."),
    Failed("trainer-memory", "There was not enough memory."),
    Finished(64, 900.5, False),
]


@pytest.mark.parametrize("message", EVERY_MESSAGE, ids=lambda message: message.type)
def test_a_message_survives_the_wire(message: Message) -> None:
    line = encode(message, 41)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    parsed = parse_line(line)
    assert (parsed.seq, parsed.message, parsed.ignored_fields) == (41, message, 0)


def test_no_message_is_missing_from_the_round_trip() -> None:
    assert {type(message) for message in EVERY_MESSAGE} == set(MESSAGES.values())


def test_unknown_types_and_fields_are_ignored_and_counted() -> None:
    assert parse(b'{"type":"carbon","seq":0,"grams":3}') == Unknown("carbon")
    parsed = parse_line(b'{"type":"phase","seq":5,"name":"saving","colour":"green","size":1}')
    assert (parsed.message, parsed.ignored_fields) == (Phase("saving"), 2)


@pytest.mark.parametrize("message", EVERY_MESSAGE, ids=lambda message: message.type)
def test_every_field_without_a_default_is_required(message: Message) -> None:
    body = json.loads(encode(message, 0))
    optional = {"mode", "samples", "sha256", "libraries", "eta_s", "sample", "valid", "missed_stop", "criteria"}
    if isinstance(message, Stop | Metric):
        optional = set()
    elif isinstance(message, ScoreNote):
        optional |= {"text", "invented_person", "wrong_particular", "words"}
    for name in set(body) - optional:
        with pytest.raises(ProtocolError):
            parse(json.dumps({key: value for key, value in body.items() if key != name}).encode())


@pytest.mark.parametrize(
    ("field", "value"),
    [("step", -1), ("step", True), ("step", 1.5), ("step", "1"), ("reward", None), ("reward", "0.5"), ("reward", False),
     ("parts", []), ("parts", {"tags": "high"}), ("kl", {}), ("seq", -1), ("type", 5), ("seq", 2**63)],
)
def test_an_ill_typed_field_is_refused(field: str, value: Any) -> None:
    body = json.loads(encode(METRIC, 0))
    with pytest.raises(ProtocolError, match=f"\"{field}\""):
        parse(json.dumps({**body, field: value}).encode())


@pytest.mark.parametrize(
    "line",
    [b"", b"not json", b"[]", b"null", b'{"type":"phase"', b"\xff\xfe", b'{"type":"phase","seq":0,"name":"dancing"}',
     b'{"seq":0,"type":"progress","step":1,"steps":2,"elapsed_s":NaN}', b"[" * 100_000,
     b'{"seq":0,"type":"progress","step":1,"steps":2,"elapsed_s":1e999}',
     b'{"seq":0,"type":"progress","step":1,"steps":2,"elapsed_s":-Infinity}',
     b'{"type":"scenario","seq":0,"scenario":{"severity":NaN}}',
     b'{"type":"blob","seq":0,"name":"checkpoint","index":0,"last":true,"data":"@@@@","sha256":""}',
     b'{"type":"blob","seq":0,"name":"../../etc/passwd","index":0,"last":true,"data":"","sha256":""}'],
)
def test_a_broken_line_is_refused_in_one_sentence(line: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse(line)
    assert str(caught.value).endswith(".") and "passwd" not in str(caught.value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_not_sent(value: float) -> None:
    with pytest.raises(ProtocolError):
        encode(replace(METRIC, kl=value), 0)
    with pytest.raises(ProtocolError):
        encode(ScenarioLine({"severity": value}), 0)


def test_a_line_of_more_than_a_mebibyte_is_neither_sent_nor_read() -> None:
    with pytest.raises(ProtocolError, match="1 MiB"):
        encode(Warning_("x" * MAX_LINE_BYTES), 0)
    with pytest.raises(ProtocolError, match="1 MiB"):
        parse(b'{"type":"warning","seq":0,"text":"' + b"x" * MAX_LINE_BYTES + b'"}')


def test_a_lone_surrogate_from_a_model_does_not_stop_the_wire() -> None:
    assert parse(encode(Warning_("a\ud800b"), 0)) == Warning_("a?b")


@pytest.mark.parametrize("size", [0, 1, MAX_CHUNK_BYTES, MAX_CHUNK_BYTES + 1, 3 * MAX_CHUNK_BYTES + 17])
def test_a_binary_arrives_whole(size: int) -> None:
    data = bytes(index * 7 % 251 for index in range(size))
    assembler, arrived = BlobAssembler(), None
    for seq, chunk in enumerate(chunks_of("adapter.gguf", data)):
        received = parse(encode(chunk, seq))
        assert isinstance(received, BlobChunk) and arrived is None
        arrived = assembler.add(received)
    assert arrived == data


def test_an_assembler_takes_a_second_binary_after_the_first() -> None:
    assembler = BlobAssembler()
    for data in (b"one", b"two"):
        assert [assembler.add(chunk) for chunk in chunks_of("checkpoint", data)] == [data]


def test_a_lost_swapped_altered_or_oversized_binary_is_refused() -> None:
    first, second, third = chunks_of("checkpoint", bytes(2 * MAX_CHUNK_BYTES + 5))
    with pytest.raises(ProtocolError, match="missing or out of order"):
        BlobAssembler().add(second)
    gap = BlobAssembler()
    gap.add(first)
    with pytest.raises(ProtocolError, match="missing or out of order"):
        gap.add(third)
    altered = BlobAssembler()
    altered.add(first)
    altered.add(replace(second, data=b"\x01" + second.data[1:]))
    with pytest.raises(ProtocolError, match="SHA-256"):
        altered.add(third)
    with pytest.raises(ProtocolError, match="larger"):
        BlobAssembler(limit_bytes=MAX_CHUNK_BYTES - 1).add(first)
