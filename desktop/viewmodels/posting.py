# SPDX-License-Identifier: Apache-2.0
"""Brings results of work on other threads to the main thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class MainThread(QObject):
    """`post` may be called from any thread; the action runs on the thread this object was made on, in order."""

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._is_closed = False
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, action: Callable[[], None]) -> None:
        """Let `action` run soon."""
        self._posted.emit(action)

    def close(self) -> None:
        """Drop what is still waiting and what comes later."""
        self._is_closed = True

    @Slot(object)
    def _run(self, action: Callable[[], None]) -> None:
        if not self._is_closed:
            action()
