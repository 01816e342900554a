# SPDX-License-Identifier: Apache-2.0
"""Cuts a stream of bytes into lines of bounded length."""

from __future__ import annotations

from trainer.protocol import MAX_LINE_BYTES, ProtocolError


class Framer:
    """Feed it what was read, in pieces of any size; it hands back the lines that are complete, without newline."""

    def __init__(self, limit_bytes: int = MAX_LINE_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._rest = bytearray()
        self._looked_at = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` completes; raises `ProtocolError` when one is longer than allowed."""
        self._rest += data
        lines: list[bytes] = []
        start = 0
        while (end := self._rest.find(b"\n", max(start, self._looked_at))) >= 0:
            self._require_short(end - start)
            lines.append(bytes(self._rest[start:end]))
            start = end + 1
        del self._rest[:start]
        self._looked_at = len(self._rest)
        self._require_short(len(self._rest))
        return lines

    def close(self) -> None:
        """The stream ended; raises `ProtocolError` when it ended inside a line."""
        if self._rest:
            raise ProtocolError("The last line was cut off.")

    def _require_short(self, length: int) -> None:
        if length > self._limit_bytes:
            raise ProtocolError("A line is longer than 1 MiB.")
