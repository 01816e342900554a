# SPDX-License-Identifier: Apache-2.0
"""The theme in use: follows the system or a choice, gives colours, fonts and icons, restyles all on a change."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from desktop.ui.theme.icons import Icons
from desktop.ui.theme.palette import palette_of
from desktop.ui.theme.qss import load_styles, render, values_of
from desktop.ui.theme.tokens import load_metrics, load_tokens

ICON_SIZE, ICON_GAP = 18, 5
_NAME, _ROLE, _SIZE = "iconName", "iconRole", "iconSide"


class Theme(QObject):
    """One per application; `changed` is emitted after everything was restyled."""

    changed = Signal()

    def __init__(self, app: QApplication, assets: Path, choice: str = "system") -> None:
        super().__init__()
        self._app, self._themes = app, assets / "themes"
        self._styles = load_styles(assets / "styles")
        self._base_pt = app.font().pointSizeF()
        self._icons = Icons(assets / "icons")
        self._choice = choice
        self.metrics = load_metrics(self._themes)
        self._restyle()
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def is_dark(self) -> bool:
        return self.tokens.name == "dark"

    def choose(self, choice: str) -> None:
        """Use "light", "dark" or what the system says."""
        self._choice = choice
        self._restyle()

    def colour(self, role: str) -> QColor:
        """A role's colour."""
        return QColor(self.tokens.roles[role])

    def space(self, name: str) -> int:
        """A space in logical pixels."""
        return self.metrics.space[name]

    def font(self, kind: str = "body", *, is_bold: bool = False) -> QFont:
        """A font of this kind (a name under [type] in the metrics), in the system's family."""
        font = QFont(self._app.font())
        font.setPointSizeF(self._base_pt * self.metrics.type[kind])
        font.setWeight(QFont.Weight.DemiBold if is_bold else QFont.Weight.Normal)
        return font

    def pixmap(self, name: str, role: str, size: int = ICON_SIZE, scale: float = 1.0) -> QPixmap:
        """An icon's picture, for painting."""
        return self._icons.pixmap(name, self.tokens.roles[role], size, scale)

    def icon(self, name: str, role: str = "text", size: int = ICON_SIZE) -> QIcon:
        """An icon in a role's colour."""
        return self._icons.icon(name, self.tokens.roles[role], self.tokens.roles["border-strong"], size)

    def dress(self, widget: QAbstractButton | QLabel, name: str, role: str = "text", size: int = ICON_SIZE) -> None:
        """Give a button or label an icon that follows the theme."""
        widget.setProperty(_NAME, name)
        widget.setProperty(_ROLE, role)
        widget.setProperty(_SIZE, size)
        self._put_icon(widget)

    def _put_icon(self, widget: QAbstractButton | QLabel) -> None:
        name, role, size = (widget.property(key) for key in (_NAME, _ROLE, _SIZE))
        if isinstance(widget, QLabel):
            widget.setPixmap(self.pixmap(name, role, size, widget.devicePixelRatioF()))
        else:
            gap = ICON_GAP if widget.text() else 0
            colour, disabled = self.tokens.roles[role], self.tokens.roles["border-strong"]
            widget.setIcon(self._icons.icon(name, colour, disabled, size, gap))
            widget.setIconSize(QSize(size + gap, size))

    def _follow_system(self) -> None:
        if self._choice == "system":
            self._restyle()

    def _restyle(self) -> None:
        is_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        name = self._choice if self._choice in ("light", "dark") else "dark" if is_dark else "light"
        self.tokens = load_tokens(self._themes, name)
        self._icons.clear()
        self._app.setPalette(palette_of(self.tokens))
        self._app.setStyleSheet(render(self._styles, values_of(self.tokens, self.metrics, self._base_pt)))
        for widget in self._app.allWidgets():
            if widget.property(_NAME) and isinstance(widget, QAbstractButton | QLabel):
                self._put_icon(widget)
        self.changed.emit()
