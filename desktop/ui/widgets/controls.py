# SPDX-License-Identifier: Apache-2.0
"""Buttons, choices and ticks in the program's look."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from desktop.ui.theme.theme import Theme

_ROLE_OF_KIND = {"primary": "on-accent", "danger": "danger", "quiet": "accent", "fold": "accent"}


def button(theme: Theme, text: str, icon: str = "", kind: str = "plain") -> QPushButton:
    """A push button; `kind` is plain, primary, danger, quiet, nav, segment or fold."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    made.setAutoDefault(False)
    if text:
        made.setAccessibleName(text.replace("&", ""))
    if icon:
        theme.dress(made, icon, _ROLE_OF_KIND.get(kind, "text"))
    return made


class Choice(QComboBox):
    """A drop-down list with our own arrow; the wheel scrolls the page and never changes a choice by accident."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = 14
        role = "text" if self.isEnabled() else "border-strong"
        arrow = self._theme.pixmap("chevron-down", role, side, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap(QPoint(self.width() - side - 9, (self.height() - side) // 2), arrow)
        painter.end()

    def value(self) -> object:
        """The data of the chosen entry."""
        return self.currentData()

    def choose(self, value: object) -> None:
        """Choose the entry with this data, without telling anybody."""
        self.blockSignals(True)
        self.setCurrentIndex(max(0, self.findData(value)))
        self.blockSignals(False)


class Tick(QCheckBox):
    """A check box with our own tick."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(text)
        self._theme = theme
        self.setAccessibleName(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        side = 14
        tick = self._theme.pixmap("check", "on-accent", side, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap(box.center() - QPoint(side // 2 - 1, side // 2 - 1), tick)
        painter.end()


class SearchField(QLineEdit):
    """A line to search in, with its icon."""

    def __init__(self, theme: Theme, hint: str) -> None:
        super().__init__()
        self._theme = theme
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setClearButtonEnabled(True)
        self._action = self.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        theme.changed.connect(self._tint)

    def _tint(self) -> None:
        self._action.setIcon(self._theme.icon("search", "muted"))
