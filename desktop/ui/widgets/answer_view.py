# SPDX-License-Identifier: Apache-2.0
"""An answer as it is written: the reasoning folded away, and one card per section that fills as the text comes."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.fold import Fold
from desktop.ui.widgets.layout import Prose, card, column, label
from desktop.viewmodels.answer import REASONING, AnswerText

#: Text comes up to a hundred times a second; it is laid out this often.
LAYOUT_MS = 50


class AnswerView(QWidget):
    """Follows one `AnswerText`. `skip` names sections that are shown elsewhere."""

    def __init__(self, theme: Theme, answer: AnswerText) -> None:
        super().__init__()
        self._theme, self._answer = theme, answer
        self._skip: Collection[str] = ()
        self._texts: dict[str, Prose] = {}
        self._cards: dict[str, QWidget] = {}
        self._waiting: set[str] = set()
        self._timer = QTimer(self, singleShot=True, interval=LAYOUT_MS)
        self._timer.timeout.connect(self._lay_out)
        self.reasoning = Prose()
        self.fold = Fold(theme, self.tr("Reasoning"), card(self.reasoning, kind="well"))
        self._sections = QVBoxLayout()
        self._sections.setSpacing(12)
        self.setLayout(column(self.fold, self._sections, spacing=12))
        answer.was_reset.connect(self.show_all)
        answer.part_changed.connect(self._on_part_changed)
        self.show_all()

    def set_skip(self, headings: Collection[str]) -> None:
        """Leave these sections out."""
        self._skip = headings
        self.show_all()

    def section(self, heading: str) -> str:
        """The text that is shown under a heading."""
        return self._texts[heading].plain if heading in self._texts else ""

    def headings(self) -> list[str]:
        """The sections that are shown, in order."""
        return list(self._texts)

    def show_all(self) -> None:
        """Show the answer as it stands."""
        wanted = [name for name in self._answer.parts if name != REASONING and name not in self._skip]
        if list(self._texts) != wanted:
            self._clear()
        self._waiting = set(self._answer.parts)
        self.fold.setVisible(False)
        self._lay_out()

    def _clear(self) -> None:
        for each in self._cards.values():
            each.hide()
            each.deleteLater()
        self._cards, self._texts = {}, {}

    def _on_part_changed(self, name: str) -> None:
        self._waiting.add(name)
        if not self._timer.isActive():
            self._timer.start()

    def _lay_out(self) -> None:
        for name in [name for name in self._answer.parts if name in self._waiting]:
            text = self._answer.parts[name].strip()
            if name == REASONING:
                self.reasoning.show_text(text)
                self.fold.setVisible(bool(text))
            elif name not in self._skip:
                self._text_of(name).show_text(text)
        self._waiting.clear()

    def _text_of(self, heading: str) -> Prose:
        if heading not in self._texts:
            self._texts[heading] = Prose()
            title = label(heading, "accent")
            self._cards[heading] = card(title, self._texts[heading], spacing=6, margin=14)
            self._cards[heading].layout().setContentsMargins(14, 12, 14, 8)  # lines with air end with some of it
            self._cards[heading].setAccessibleName(heading)
            self._sections.addWidget(self._cards[heading])
        return self._texts[heading]
