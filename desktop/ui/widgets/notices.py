# SPDX-License-Identifier: Apache-2.0
"""How pages speak up: an empty page's invitation, a notice in place, and a message bar that goes away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import button
from desktop.ui.widgets.layout import column, label, restyle, row

SHOWN_MS = 6000


class EmptyState(QWidget):
    """An icon, a sentence and what to do next, in the middle of a page that has nothing to show."""

    def __init__(self, theme: Theme, icon: str, title: str, text: str, *buttons: QPushButton) -> None:
        super().__init__()
        picture = QLabel()
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.dress(picture, icon, "accent", 48)
        self.title, self.text = label(title, "title"), label(text, "muted")
        for each in (self.title, self.text):
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setMaximumWidth(520)
        middle = row(None, self.text, None)
        middle.setStretch(1, 1000)
        self.setLayout(
            column(None, picture, self.title, middle, 8, row(None, *buttons, None, spacing=12), None, spacing=10)
        )


class Notice(QFrame):
    """A framed sentence with an icon and perhaps a button; `kind` is notice or error."""

    def __init__(self, theme: Theme, kind: str = "notice", action: QPushButton | None = None) -> None:
        super().__init__()
        self._theme, self._icon, self.text = theme, QLabel(), label()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setLayout(row(self._icon, self.text, *([action] if action else []), spacing=10, margin=12))
        self.layout().setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        self._set_kind(kind)
        self.hide()

    def tell(self, sentence: str, kind: str = "") -> None:
        """Show the sentence; "" hides the notice."""
        if kind:
            self._set_kind(kind)
        is_new = bool(sentence) and sentence != self.text.text()
        self.text.setText(sentence)
        self.setVisible(bool(sentence))
        if is_new:
            announce(self, sentence)

    def _set_kind(self, kind: str) -> None:
        restyle(self, kind=kind)
        self._theme.dress(
            self._icon, "caution" if kind == "error" else "clear", "danger" if kind == "error" else "accent", 20
        )


class Toast(QFrame):
    """A message at the lower edge of the window; it goes by itself and may offer one action."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "toast")
        self._text = label("", wraps=False)
        self._action = button(theme, self.tr("Undo"))
        self._action.clicked.connect(self._act)
        self._then: Callable[[], None] | None = None
        self.setLayout(row(self._text, self._action, spacing=16, margin=10))
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def tell(self, sentence: str, undo: Callable[[], None] | None = None) -> None:
        """Show a sentence, with "Undo" when there is something to undo."""
        self._then = undo
        self._text.setText(sentence)
        self._action.setVisible(undo is not None)
        self._text.setWordWrap(False)
        self.adjustSize()
        if self.width() > self.parentWidget().width() - 48:
            self._text.setWordWrap(True)
            self.resize(
                self.parentWidget().width() - 48, self.layout().heightForWidth(self.parentWidget().width() - 48)
            )
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        announce(self, sentence)

    def _act(self) -> None:
        self.hide()
        then, self._then = self._then, None
        if then is not None:
            then()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self.parentWidget()
        self.move((parent.width() - self.width()) // 2, parent.height() - self.height() - 24)


def announce(widget: QWidget, sentence: str) -> None:
    """Let a screen reader say the sentence."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))
