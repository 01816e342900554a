# SPDX-License-Identifier: Apache-2.0
"""The first page: open the vault, or make one. Shows in which folder it stands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QProgressBar, QWidget

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import Tick, button
from desktop.ui.widgets.layout import card, centred, column, field, label, restyle, row, scrolled, widget_of
from desktop.ui.widgets.notices import Notice
from desktop.viewmodels.vault import VaultViewModel, strength_of

WIDTH = 460


class UnlockPage(QWidget):
    """Follows a `VaultViewModel`."""

    def __init__(self, theme: Theme, vault: VaultViewModel) -> None:
        super().__init__()
        self._theme, self._vault = theme, vault
        self._build_fields()
        self.submit = button(theme, self.tr("Open vault"), "lock", "primary")
        self.notice = Notice(theme, "error")
        self._busy = QProgressBar(maximum=0, textVisible=False)
        self._busy.setAccessibleName(self.tr("Working"))
        box = card(
            self._head(),
            self.notice,
            field(self.tr("Passphrase"), self.passphrase),
            self._strength,
            self._again_box,
            self._show_tick,
            row(None, self.submit),
            self._busy,
            self._folder(),
            spacing=12,
            margin=28,
        )
        page = column(None, centred(box, WIDTH), None, margin=12)
        self.setLayout(column(scrolled(page)))
        self._connect()
        self._follow()

    def focus_first(self) -> None:
        """Put the cursor where typing begins."""
        self.passphrase.setFocus()

    def _build_fields(self) -> None:
        self.passphrase, self.again = QLineEdit(), QLineEdit()
        for each in (self.passphrase, self.again):
            each.setEchoMode(QLineEdit.EchoMode.Password)
            each.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self._strength = label("", "small")
        self._again_box = widget_of(field(self.tr("The same passphrase again"), self.again))
        self._show_tick = Tick(self._theme, self.tr("Show what I type"))

    def _head(self) -> QWidget:
        mark = QLabel()
        self._theme.dress(mark, "circle", "accent", 44)
        self._title, self._text = label("", "title"), label("", "muted")
        return widget_of(column(mark, self._title, self._text, spacing=8))

    def _folder(self) -> QWidget:
        icon = QLabel()
        self._theme.dress(icon, "folder", "muted", 16)
        path = label(self._vault.folder, "small")
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        path.setAccessibleName(self.tr("Folder of the vault"))
        box = row(icon, path, spacing=8)
        box.setStretch(1, 1)
        return widget_of(box)

    def _connect(self) -> None:
        self._vault.changed.connect(self._follow)
        self.passphrase.textChanged.connect(self._on_typed)
        self.again.textChanged.connect(self._on_typed)
        self.passphrase.returnPressed.connect(self._go)
        self.again.returnPressed.connect(self._go)
        self.submit.clicked.connect(self._go)
        self._show_tick.toggled.connect(self._show_typing)

    def _go(self) -> None:
        if not self.submit.isEnabled():
            return
        if self._vault.is_new:
            self._vault.create(self.passphrase.text(), self.again.text())
        else:
            self._vault.open(self.passphrase.text())

    def _follow(self) -> None:
        is_new = self._vault.is_new
        self._title.setText(self.tr("Create your vault") if is_new else self.tr("Welcome back"))
        self._text.setText(
            self.tr(
                "Everything you enter is encrypted with this passphrase and stays on this computer. Nobody can reset "
                "it: write it down and keep it somewhere safe."
            )
            if is_new
            else self.tr("Enter your passphrase to open the vault.")
        )
        words = self.tr("Create vault") if is_new else self.tr("Open vault")
        self.submit.setText(words)
        self.submit.setAccessibleName(words)
        self._again_box.setVisible(is_new)
        self._strength.setVisible(is_new)
        self.notice.tell(self._vault.sentence)
        self._busy.setVisible(self._vault.is_busy)
        if self._vault.sentence:
            self.passphrase.setFocus()
            self.passphrase.selectAll()
        self._on_typed()

    def _on_typed(self) -> None:
        strength = strength_of(self.passphrase.text())
        words, kind = {
            "none": (self.tr("At least 12 characters. Four or five unrelated words are easy to remember."), "small"),
            "short": (self.tr("%n more character(s) needed.", "", strength.missing), "small"),
            "fair": (self.tr("Accepted. A few more words would make it stronger."), "small"),
            "good": (self.tr("A good passphrase."), "accent"),
        }[strength.level]
        self._strength.setText(words.replace("(s)", "" if strength.missing == 1 else "s"))
        if self._strength.property("type") != kind:
            restyle(self._strength, type=kind)
        is_ready = bool(self.passphrase.text()) and not self._vault.is_busy
        if self._vault.is_new:
            is_ready = is_ready and strength.level in ("fair", "good") and bool(self.again.text())
        self.submit.setEnabled(is_ready)

    def _show_typing(self, is_shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password
        self.passphrase.setEchoMode(mode)
        self.again.setEchoMode(mode)
