# SPDX-License-Identifier: Apache-2.0
"""Keeps unsaved typing within a second of the last key, and at least every five seconds of typing without a pause."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

PAUSE_MS = 700
AT_MOST_MS = 5000


class DraftKeeper(QObject):
    """Call `touch` on every change; `keep` is called when it is time. `flush` keeps at once what is not kept yet."""

    def __init__(self, keep: Callable[[], None], parent: QObject, pause_ms: int = PAUSE_MS) -> None:
        super().__init__(parent)
        self._keep = keep
        self._timer = QTimer(self, singleShot=True, interval=pause_ms)
        self._timer.timeout.connect(self.flush)
        self._since = QElapsedTimer()

    def touch(self) -> None:
        """Something was typed."""
        if not self._since.isValid():
            self._since.start()
        if self._since.elapsed() >= AT_MOST_MS:
            self.flush()
        else:
            self._timer.start()

    def flush(self) -> None:
        """Keep now what was typed since the last time."""
        if self._since.isValid():
            self.forget()
            self._keep()

    def forget(self) -> None:
        """What was typed is kept elsewhere, or given up."""
        self._timer.stop()
        self._since.invalidate()
