# SPDX-License-Identifier: Apache-2.0
"""Small builders that give every page the same rhythm: rows, columns, cards, labels, fields."""

from __future__ import annotations

import html
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

#: A widget, a layout, a space in pixels, or None for "as much as is left".
Item = QWidget | QLayout | int | None
Box = TypeVar("Box", bound=QBoxLayout)


def column(*items: Item, spacing: int = 8, margin: int = 0) -> QVBoxLayout:
    """Items from top to bottom."""
    return _filled(QVBoxLayout(), items, spacing, margin)


def row(*items: Item, spacing: int = 8, margin: int = 0) -> QHBoxLayout:
    """Items from left to right."""
    return _filled(QHBoxLayout(), items, spacing, margin)


def _filled(layout: Box, items: tuple[Item, ...], spacing: int, margin: int) -> Box:
    layout.setSpacing(spacing)
    layout.setContentsMargins(margin, margin, margin, margin)
    for item in items:
        append(layout, item)
    return layout


def append(layout: QBoxLayout, item: Item) -> None:
    """Add one item to a row or column."""
    if item is None:
        layout.addStretch(1)
    elif isinstance(item, int):
        layout.addSpacing(item)
    elif isinstance(item, QLayout):
        layout.addLayout(item)
    else:
        layout.addWidget(item)


def label(text: str = "", kind: str = "body", *, wraps: bool = True) -> QLabel:
    """Text that is never read as markup: it may come from a model or a file."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("type", kind)
    made.setWordWrap(wraps)
    if wraps:
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return made


class Prose(QLabel):
    """A longer text with air between its lines; it can be selected with the mouse.

    Only markup gives lines more room. The text itself is escaped, so nothing in it is read as markup.
    """

    def __init__(self, text: str = "", kind: str = "body") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setProperty("type", kind)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.plain = ""
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show this text."""
        self.plain = text
        style = "line-height: 132%; white-space: pre-wrap;"
        self.setText(f'<div style="{style}">{html.escape(text)}</div>' if text else "")
        self.setAccessibleName(text)


def frame(kind: str, layout: QLayout) -> QFrame:
    """A frame that the style sheets know by its kind: card, well, notice, error, gate, bar."""
    made = QFrame()
    made.setProperty("kind", kind)
    made.setLayout(layout)
    return made


def card(*items: Item, spacing: int = 12, margin: int = 16, kind: str = "card") -> QFrame:
    """A framed column."""
    return frame(kind, column(*items, spacing=spacing, margin=margin))


def field(title: str, widget: QWidget, hint: QLabel | None = None) -> QVBoxLayout:
    """A labelled control; the label names it for assistive technology too."""
    heading = label(title, "label", wraps=False)
    heading.setBuddy(widget)
    widget.setAccessibleName(title)
    return column(heading, widget, *([hint] if hint else []), spacing=4)


def line() -> QFrame:
    """A hairline."""
    made = QFrame()
    made.setProperty("kind", "line")
    return made


def widget_of(layout: QLayout) -> QWidget:
    """A plain widget around a layout."""
    made = QWidget()
    made.setLayout(layout)
    return made


def scrolled(layout: QLayout) -> QScrollArea:
    """A column that scrolls when it is too high."""
    inside = widget_of(layout)
    inside.setProperty("role", "scrolled")
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def centred(widget: QWidget, max_width: int) -> QHBoxLayout:
    """A widget that stays readable on a wide screen."""
    widget.setMaximumWidth(max_width)
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addStretch(1)
    layout.addWidget(widget, 1000)
    layout.addStretch(1)
    return layout


def restyle(widget: QWidget, **properties: object) -> None:
    """Set properties that the style sheets look at, and let them look again."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    for each in (widget, *widget.findChildren(QWidget)):
        each.style().unpolish(each)
        each.style().polish(each)
