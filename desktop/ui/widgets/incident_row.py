# SPDX-License-Identifier: Apache-2.0
"""How one incident looks in the list: first words, date, place, grades, people."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.domain.incident import Incident
from desktop.ui.theme.theme import Theme
from desktop.ui.words import incident_details, local_time
from desktop.viewmodels.items.incidents import INCIDENT_ROLE

GAP, INSIDE = 8, 14
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class IncidentRow(QStyledItemDelegate):
    """Paints the rows as cards."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        height = sum(QFontMetrics(self._theme.font(kind)).height() for kind in ("body", "small"))
        return QSize(200, height + 2 * INSIDE + 4 + GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        incident = index.data(INCIDENT_ROLE)
        if not isinstance(incident, Incident):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = option.rect.adjusted(1, 1, -1, -GAP)
        self._paint_card(painter, option, card)
        self._paint_text(painter, incident, card.adjusted(INSIDE + 4, INSIDE, -INSIDE - 4, -INSIDE))
        painter.restore()

    def _paint_card(self, painter: QPainter, option: QStyleOptionViewItem, card: QRect) -> None:
        is_current = bool(option.state & QStyle.StateFlag.State_HasFocus)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        border = "focus" if is_current else "border-strong" if is_hovered else "border"
        painter.setPen(QPen(self._theme.colour(border), 2 if is_current else 1))
        painter.setBrush(self._theme.colour("card"))
        radius = self._theme.metrics.radius["card"]
        painter.drawRoundedRect(card, radius, radius)

    def _paint_text(self, painter: QPainter, incident: Incident, inside: QRect) -> None:
        small, bold = self._theme.font("small"), self._theme.font("body", is_bold=True)
        when = local_time(incident.updated_at)
        when_width = QFontMetrics(small).horizontalAdvance(when) + 16
        upper = QRect(inside.left(), inside.top(), inside.width(), QFontMetrics(bold).height())
        lower = QRect(inside.left(), upper.bottom() + 5, inside.width(), QFontMetrics(small).height())
        painter.setFont(bold)
        painter.setPen(self._theme.colour("text"))
        self._draw(painter, upper.adjusted(0, 0, -when_width, 0), " ".join(incident.narrative.split()), _LEFT)
        painter.setFont(small)
        painter.setPen(self._theme.colour("muted"))
        self._draw(painter, upper, when, _RIGHT)
        self._draw(painter, lower, incident_details(incident), _LEFT)

    @staticmethod
    def _draw(painter: QPainter, where: QRect, text: str, alignment: Qt.AlignmentFlag) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, where.width())
        painter.drawText(where, alignment, shown)
