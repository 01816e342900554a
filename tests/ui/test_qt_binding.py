# SPDX-License-Identifier: Apache-2.0
"""The Qt binding that is locked does no harm to the interpreter.

PySide6 6.12.0 took a reference from None with every call that returns nothing on Python 3.11, so that the window's
process aborted after some minutes of use.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

CALLS = 200


def test_calls_without_a_result_leave_none_alone(qtbot: QtBot) -> None:
    label, timer = QLabel(), QTimer()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        label.setText("text")
        label.update()
        timer.setInterval(5)
        QObject.setObjectName(label, "name")
    assert sys.getrefcount(None) > before - CALLS
