# SPDX-License-Identifier: Apache-2.0
"""Lines over a pipe: in parts, late, broken, and after the end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from desktop.inference.lines import LineReader, PipeClosed, write_line


@pytest.fixture
def pipe() -> Iterator[tuple[LineReader, int]]:
    read_end, write_end = os.pipe()
    yield LineReader(read_end), write_end
    os.close(read_end)


def test_messages_in_parts_and_several_at_once(pipe: tuple[LineReader, int]) -> None:
    reader, fd = pipe
    os.write(fd, b'{"type": "te')
    assert reader.read(0.01) is None
    os.write(fd, 'xt", "text": "é"}\n{"type": "done"}\n'.encode())
    assert reader.read(1) == {"type": "text", "text": "é"}
    assert reader.read(0) == {"type": "done"}
    write_line(fd, {"type": "text", "text": "a\nb \ud800"})  # half a character cannot be sent, and breaks nothing
    assert reader.read(1) == {"type": "text", "text": "a\nb ?"}
    os.close(fd)
    with pytest.raises(PipeClosed):
        reader.read(1)


def test_waiting_ends_in_time(pipe: tuple[LineReader, int]) -> None:
    reader, fd = pipe
    started = time.monotonic()
    assert reader.read(0.1) is None
    assert 0.09 <= time.monotonic() - started < 5
    os.close(fd)


@pytest.mark.parametrize("line", [b"nonsense\n", b"[]\n", b"{}\n", b'{"type": 3}\n', b"\xff\n", b"[" * 9000 + b"\n"])
def test_what_is_no_message_ends_the_conversation(pipe: tuple[LineReader, int], line: bytes) -> None:
    reader, fd = pipe
    os.write(fd, line)
    with pytest.raises(PipeClosed):
        reader.read(1)
    os.close(fd)


def test_writing_to_nobody_is_told() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with pytest.raises(PipeClosed):
        write_line(write_end, {"type": "quit"})
    os.close(write_end)
