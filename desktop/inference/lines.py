# SPDX-License-Identifier: Apache-2.0
"""JSON lines over a pipe with a time limit and without threads; both ends of the answer process use it.

A thread that blocks in a read could not be ended with its owner, and the child must see "cancel" between two tokens.
So the pipe is asked whether something is there: by `poll`, or on Windows, where pipes cannot be polled, by a peek.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from typing import Any

#: A case of the largest allowed size fits; more than this is not one of our messages.
MAX_LINE_BYTES = 16 << 20
_CHUNK_BYTES = 1 << 16
_PEEK_EVERY_S = 0.01


class PipeClosed(Exception):
    """The other end is gone, or sent what cannot be a message."""


class LineReader:
    """Reads messages from a file descriptor."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._buffer = bytearray()
        self._searched = 0

    def read(self, timeout_s: float) -> dict[str, Any] | None:
        """The next message, or None when none came in time; raises `PipeClosed`."""
        deadline = time.monotonic() + timeout_s
        while True:
            line = self._take_line()
            if line is not None:
                return _decode(line)
            if not _is_readable(self._fd, max(0.0, deadline - time.monotonic())):
                return None
            data = os.read(self._fd, _CHUNK_BYTES)
            if not data:
                raise PipeClosed
            self._buffer += data

    def _take_line(self) -> bytes | None:
        end = self._buffer.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._buffer)
            if self._searched > MAX_LINE_BYTES:
                raise PipeClosed
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._searched = 0
        return line


def write_line(fd: int, message: dict[str, Any]) -> None:
    """Write one message; raises `PipeClosed` when nobody reads."""
    data = memoryview(json.dumps(message, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace") + b"\n")
    try:
        while data:
            data = data[os.write(fd, data):]
    except OSError:
        raise PipeClosed from None


def _decode(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise PipeClosed from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise PipeClosed
    return message


if sys.platform == "win32":
    import _winapi
    import msvcrt

    def _is_readable(fd: int, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                waiting = _winapi.PeekNamedPipe(msvcrt.get_osfhandle(fd), 0)[0]
            except OSError:
                return True  # closed: the read that follows says so
            if waiting or time.monotonic() >= deadline:
                return bool(waiting)
            time.sleep(_PEEK_EVERY_S)
else:

    def _is_readable(fd: int, timeout_s: float) -> bool:
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        return bool(poll.poll(timeout_s * 1000))
