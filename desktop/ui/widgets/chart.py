# SPDX-License-Identifier: Apache-2.0
"""A line chart of what training measures, step by step.

Decision: our own hundred lines. Qt Charts and Qt Graphs may be used under the GPL only, and pyqtgraph would bring NumPy
into the window's process for one picture that changes every ten seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.theme.theme import Theme

LEFT, RIGHT, TOP, BOTTOM = 44, 16, 12, 30
GRID_LINES = 5


@dataclass(frozen=True)
class Line:
    """One line: its name, the role of its colour, its values (x, y), and whether it is the one to look at."""

    name: str
    role: str
    points: Sequence[tuple[float, float]]
    is_main: bool = False


class LineChart(QWidget):
    """`show_lines` replaces what is drawn. The vertical axis is given; the horizontal one grows with the values."""

    def __init__(self, theme: Theme, low: float, high: float, x_title: str) -> None:
        super().__init__()
        self._theme, self._low, self._high, self._x_title = theme, low, high, x_title
        self._lines: Sequence[Line] = ()
        self._last_x = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(200)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(480, 260)

    def show_lines(self, lines: Sequence[Line], last_x: float, description: str) -> None:
        """Draw these lines on an axis from 0 to `last_x`; the description says the same in words."""
        self._lines, self._last_x = lines, max(1.0, last_x)
        self.setAccessibleDescription(description)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font("small"))
        area = QRectF(LEFT, TOP, self.width() - LEFT - RIGHT, self.height() - TOP - BOTTOM)
        self._draw_grid(painter, area)
        for each in sorted(self._lines, key=lambda line: line.is_main):
            self._draw_line(painter, area, each)
        painter.end()

    def _draw_grid(self, painter: QPainter, area: QRectF) -> None:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for index in range(GRID_LINES):
            value = self._low + (self._high - self._low) * index / (GRID_LINES - 1)
            y = self._y(area, value)
            painter.setPen(QPen(self._theme.colour("border"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(QRectF(0, y - 10, LEFT - 8, 20), right, f"{value:g}")
        middle = Qt.AlignmentFlag.AlignCenter
        below = QRectF(area.left(), area.bottom() + 6, area.width(), 22)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "0")
        painter.drawText(below, middle, self._x_title)
        painter.drawText(below, right, f"{self._last_x:g}")

    def _draw_line(self, painter: QPainter, area: QRectF, line: Line) -> None:
        points = QPolygonF(
            [QPointF(area.left() + area.width() * x / self._last_x, self._y(area, y)) for x, y in line.points]
        )
        colour = self._theme.colour(line.role)
        painter.setPen(
            QPen(
                colour,
                2.6 if line.is_main else 1.4,
                Qt.PenStyle.SolidLine if line.is_main else Qt.PenStyle.DashLine,
                Qt.PenCapStyle.RoundCap,
                Qt.PenJoinStyle.RoundJoin,
            )
        )
        painter.drawPolyline(points)
        if points.size():
            painter.setBrush(colour)
            painter.drawEllipse(points.last(), 3.0, 3.0)

    def _y(self, area: QRectF, value: float) -> float:
        share = (min(max(value, self._low), self._high) - self._low) / (self._high - self._low)
        return area.bottom() - share * area.height()
