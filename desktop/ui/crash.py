# SPDX-License-Identifier: Apache-2.0
"""A mistake of the program, told calmly: a dialog with a report that holds no data of anybody.

The report names kinds of errors and places in files. The text of an exception is left out: it may quote an incident.
"""

from __future__ import annotations

import os
import platform
import traceback

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QWidget

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import button
from desktop.ui.widgets.layout import column, label, row


def redacted_report(error: BaseException, version: str) -> str:
    """Where and what kind, for each error of the chain; versions; nothing else."""
    lines = [f"Circlekeeper {version}, Python {platform.python_version()}, Qt {qVersion()}, {platform.system()}"]
    seen: BaseException | None = error
    while seen is not None:
        lines += ["", type(seen).__name__]
        for place in traceback.extract_tb(seen.__traceback__):
            folder, name = os.path.split(place.filename)
            lines.append(f"  {os.path.basename(folder)}/{name}:{place.lineno} in {place.name}")
        seen = seen.__cause__ or seen.__context__
    return "\n".join(lines)


class CrashDialog(QDialog):
    """Says what happened and that nothing was sent; offers the report to copy."""

    def __init__(self, theme: Theme, report: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("crash")
        self.setWindowTitle(self.tr("Something went wrong"))
        self.report = QPlainTextEdit(report)
        self.report.setReadOnly(True)
        self.report.setProperty("kind", "report")
        self.report.setAccessibleName(self.tr("Report"))
        copy = button(theme, self.tr("Copy report"))
        close = button(theme, self.tr("Go on"), "", "primary")
        copy.clicked.connect(lambda: QApplication.clipboard().setText(self.report.toPlainText()))
        close.clicked.connect(self.accept)
        text = self.tr(
            "A mistake in the program got in the way. What was saved is safe in the vault, and you can go on. "
            "Nothing was sent to anybody. The report below names places in the program and none of your data."
        )
        self.setLayout(
            column(
                label(self.tr("Something went wrong"), "title"),
                label(text),
                self.report,
                row(None, copy, close, spacing=12),
                spacing=12,
                margin=24,
            )
        )
        self.resize(560, 420)
        close.setFocus()
