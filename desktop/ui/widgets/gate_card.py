# SPDX-License-Identifier: Apache-2.0
"""The safety gate's card: the level as word and icon, what to do first, what not to do. Never says that all is well."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.layout import Item, append, column, label, restyle, row, widget_of
from desktop.ui.words import level_word
from desktop.viewmodels.gate import GateCard


class GateCardView(QFrame):
    """Shows a `GateCard`; hidden while there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("kind", "gate")
        self._icon = QLabel()
        self.word, self.titles = label("", "lead"), label("", "strong")
        self._lists = QVBoxLayout()
        self._lists.setSpacing(12)
        head = row(self._icon, column(self.word, self.titles, spacing=2), spacing=12)
        head.setStretch(1, 1)
        self.setLayout(column(head, self._lists, spacing=10, margin=16))
        self.hide()

    def show_card(self, card: GateCard | None) -> None:
        """Show this card, or nothing."""
        self.setVisible(card is not None)
        if card is None:
            return
        tone = card.level.lower()
        self._theme.dress(self._icon, tone, tone, 30)
        self.word.setText(level_word(card.level))
        self.word.setProperty("tone", tone)
        self.titles.setText(" · ".join(card.titles))
        self.titles.setVisible(bool(card.titles))
        self._fill(card)
        self.setAccessibleName(f"{level_word(card.level)}. {self.titles.text()}")
        restyle(self, tone=tone)

    def _fill(self, card: GateCard) -> None:
        while self._lists.count():
            taken = self._lists.takeAt(0).widget()
            if taken is not None:
                taken.hide()
                taken.deleteLater()
        if card.level == "CLEAR":
            append(
                self._lists,
                label(
                    self.tr(
                        "The rules found nothing in this text. That is no all-clear: you know more than the text says."
                    ),
                    "body",
                ),
            )
            return
        if card.words:
            quoted = ", ".join(f"“{words}”" for words in card.words)
            append(self._lists, label(self.tr("Because of {0}").format(quoted), "small"))
        first = self.tr("If it applies, first") if card.level == "CAUTION" else self.tr("First actions now")
        self._add_list(first, [(f"{number}.", text) for number, text in enumerate(card.first_actions, 1)])
        self._add_list(self.tr("Do not"), [("✕", text[:1].upper() + text[1:]) for text in card.never])

    def _add_list(self, title: str, lines: list[tuple[str, str]]) -> None:
        if not lines:
            return
        items: list[Item] = [label(title, "strong")]
        for mark, text in lines:
            marked = label(mark, "strong", wraps=False)
            marked.setFixedWidth(20)
            marked.setAlignment(Qt.AlignmentFlag.AlignTop)
            items.append(row(marked, label(text), spacing=4))
        append(self._lists, widget_of(column(*items, spacing=5)))
