# SPDX-License-Identifier: Apache-2.0
"""Puts people's names back into an answer while it streams."""

from __future__ import annotations

from collections.abc import Mapping

from trainer.practice.prompt import restore_names


class NameRestorer:
    """Follows one stretch of text; a role word ("Student A") may come in several pieces.

    What may be the beginning of a role word, or a whole one whose next letter is not known ("Student A" or "Student
    Art"?), is held back until it is clear. All pieces together are exactly `restore_names` of the whole text.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._raw = ""
        self._given = 0

    def feed(self, text: str) -> str:
        """The new text that is certain, with names."""
        self._raw += text
        return self._give(len(self._raw) - self._unclear())

    def finish(self) -> str:
        """The rest."""
        return self._give(len(self._raw))

    def _give(self, end: int) -> str:
        # The whole stretch is restored each time, since a word's beginning decides whether it counts; it is short.
        restored = restore_names(self._raw[:end], self._names)
        new, self._given = restored[self._given:], len(restored)
        return new

    def _unclear(self) -> int:
        """How many characters at the end may still become a role word."""
        longest = max((len(word) for word in self._names), default=0)
        for size in range(min(longest, len(self._raw)), 0, -1):
            start = len(self._raw) - size
            begins_word = start == 0 or not _is_word(self._raw[start - 1])
            if begins_word and any(word.startswith(self._raw[start:]) for word in self._names):
                return size
        return 0


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"
