# SPDX-License-Identifier: Apache-2.0
"""The two dialogs of the window: help, and the question before a training is interrupted."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import button
from desktop.ui.widgets.layout import column, label, row


class HelpDialog(QDialog):
    """How it goes, and the keys."""

    def __init__(self, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Help"))
        steps = (
            self.tr("1.  Write down an incident: what happened, where, who was part of it."),
            self.tr("2.  Read the card of the safety rules. Under “Stop” do what it says; no suggestion is written."),
            self.tr("3.  Press Suggest. Read the draft, think it over, and save it if it helps."),
            self.tr("4.  Train on our policies lets the model practise with your school's policies, on this computer."),
        )
        keys = (
            ("Ctrl+N", self.tr("New incident")),
            ("Ctrl+S", self.tr("Save")),
            ("Ctrl+Enter", self.tr("Suggest")),
            ("Ctrl+F", self.tr("Search")),
            ("Ctrl+L", self.tr("Lock")),
            ("Ctrl+1, 2, 3", self.tr("Go to a page")),
            ("F1", self.tr("This help")),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        for at, (key, words) in enumerate(keys):
            grid.addWidget(label(key, "strong", wraps=False), at, 0)
            grid.addWidget(label(words, wraps=False), at, 1, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(1, 1)
        close = button(theme, self.tr("Close"), "", "primary")
        close.clicked.connect(self.accept)
        self.setLayout(
            column(
                label(self.tr("How it goes"), "title"),
                *(label(step) for step in steps),
                8,
                label(self.tr("Keys"), "title"),
                grid,
                8,
                row(None, close),
                spacing=8,
                margin=24,
            )
        )
        self.setMinimumWidth(520)


class StopTrainingDialog(QDialog):
    """Asks whether a running training may be stopped."""

    def __init__(self, theme: Theme, action: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("A training is running"))
        stop = button(theme, action, "halt", "primary")
        stay = button(theme, self.tr("Keep training"))
        stop.clicked.connect(self.accept)
        stay.clicked.connect(self.reject)
        text = self.tr(
            "It is stopped first, and what it has learned is saved in the vault. You can go on with it later."
        )
        self.setLayout(
            column(
                label(self.tr("A training is running"), "title"),
                label(text),
                8,
                row(None, stay, stop, spacing=12),
                spacing=10,
                margin=24,
            )
        )
        self.setMinimumWidth(460)
        stop.setFocus()


def words_for(action: str) -> str:
    """The button's words for "lock" or "quit"."""
    words = {"lock": "Stop, save and lock", "quit": "Stop, save and quit"}
    return QCoreApplication.translate("dialogs", words[action])
