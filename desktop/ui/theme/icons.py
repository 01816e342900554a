# SPDX-License-Identifier: Apache-2.0
"""Single-colour SVG icons, tinted when they are used: a file's `currentColor` becomes the colour of a role."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.ui.theme.tokens import ThemeError

_SCALES = (1.0, 1.5, 2.0, 3.0)


class Icons:
    """Icons of one folder; `clear` drops what was tinted for another theme."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str, str, int, int], QIcon] = {}

    def clear(self) -> None:
        """Forget all tinted icons."""
        self._made.clear()

    def icon(self, name: str, colour: str, disabled: str, size: int, gap: int = 0) -> QIcon:
        """The icon in a colour, and in another while its button is disabled.

        `size` is its side and `gap` the room that is left on its right, in logical pixels.
        """
        key = (name, colour, disabled, size, gap)
        if key not in self._made:
            made = QIcon()
            for scale in _SCALES:
                made.addPixmap(self.pixmap(name, colour, size, scale, gap), QIcon.Mode.Normal)
                made.addPixmap(self.pixmap(name, disabled, size, scale, gap), QIcon.Mode.Disabled)
            self._made[key] = made
        return self._made[key]

    def pixmap(self, name: str, colour: str, size: int, scale: float, gap: int = 0) -> QPixmap:
        """One picture of the icon for a screen of this scale."""
        side = round(size * scale)
        pixmap = QPixmap(side + round(gap * scale), side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._renderer(name, colour).render(painter, QRectF(0, 0, side, side))
        painter.end()
        pixmap.setDevicePixelRatio(scale)
        return pixmap

    def _renderer(self, name: str, colour: str) -> QSvgRenderer:
        try:
            text = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
        except OSError:
            raise ThemeError(f"The icon {name}.svg is missing; reinstall Circlekeeper.") from None
        return QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode("utf-8")))
