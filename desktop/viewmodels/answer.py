# SPDX-License-Identifier: Apache-2.0
"""The text of one answer while it is written: the reasoning and the sections."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

REASONING = "reasoning"


class AnswerText(QObject):
    """`parts` maps "reasoning" and headings to texts, in the order in which they came."""

    was_reset = Signal()
    part_changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.parts: dict[str, str] = {}
        self.is_writing = False

    @property
    def is_empty(self) -> bool:
        return not any(text.strip() for text in self.parts.values())

    def clear(self, *, is_writing: bool = False) -> None:
        """Start anew; `is_writing` while more is to come."""
        self.parts, self.is_writing = {}, is_writing
        self.was_reset.emit()

    def add(self, where: str, text: str) -> None:
        """New text of one part."""
        self.parts[where] = self.parts.get(where, "") + text
        self.part_changed.emit(where)

    def replace(self, reasoning: str, sections: Mapping[str, str]) -> None:
        """The whole, finished answer."""
        self.parts = {REASONING: reasoning, **sections} if reasoning else dict(sections)
        self.is_writing = False
        self.was_reset.emit()
