# SPDX-License-Identifier: Apache-2.0
"""Something that is folded away until it is wanted."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import button
from desktop.ui.widgets.layout import column, row


class Fold(QWidget):
    """A button that shows and hides what is below it."""

    def __init__(self, theme: Theme, title: str, inside: QWidget, *, is_open: bool = False) -> None:
        super().__init__()
        self._theme, self._inside = theme, inside
        self.head = button(theme, title, "chevron-right", "fold")
        self.head.setCheckable(True)
        self.setLayout(column(row(self.head, None), inside, spacing=4))
        self.head.toggled.connect(self._show)
        self.head.setChecked(is_open)
        self._show(is_open)

    def set_title(self, title: str) -> None:
        """Another heading."""
        self.head.setText(title)
        self.head.setAccessibleName(title)

    def _show(self, is_open: bool) -> None:
        self._inside.setVisible(is_open)
        self._theme.dress(self.head, "chevron-down" if is_open else "chevron-right", "accent", 14)
