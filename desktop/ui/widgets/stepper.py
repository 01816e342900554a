# SPDX-License-Identifier: Apache-2.0
"""The phases of a run as a list: done, under way, still to come."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QLabel, QWidget

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.layout import column, label, restyle, row


class Stepper(QWidget):
    """`names` maps each phase to its words, in order."""

    def __init__(self, theme: Theme, names: Mapping[str, str]) -> None:
        super().__init__()
        self._theme, self._names = theme, names
        self._icons = {name: QLabel() for name in names}
        self._words = {name: label(words, wraps=False) for name, words in names.items()}
        self._details = {name: label("", "small", wraps=False) for name in names}
        lines = []
        for name in names:
            self._details[name].hide()
            lines.append(
                row(self._icons[name], column(self._words[name], self._details[name], spacing=0), None, spacing=10)
            )
        self.setLayout(column(*lines, None, spacing=10))
        self.show_phase("")

    def show_phase(self, current: str, detail: str = "", *, is_over: bool = False) -> None:
        """Mark the phase under way; "" is before the first one. `detail` stands below it."""
        names = list(self._names)
        at = names.index(current) if current in names else -1
        for index, name in enumerate(names):
            is_done, is_now = index < at or is_over, index == at and not is_over
            icon, role = ("check", "accent") if is_done else ("dot", "accent") if is_now else ("dot", "border")
            self._theme.dress(self._icons[name], icon, role, 18)
            self._details[name].setText(detail if is_now else "")
            self._details[name].setVisible(is_now and bool(detail))
            wanted = "strong" if is_now else "body" if is_done else "muted"
            if self._words[name].property("type") != wanted:
                restyle(self._words[name], type=wanted)
        self.setAccessibleName(self._names.get(current, ""))
