# SPDX-License-Identifier: Apache-2.0
"""Settings: the look, the model in use, what keeps the program offline, licences."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QRadioButton, QWidget

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import Choice
from desktop.ui.widgets.layout import card, centred, column, field, label, row, scrolled, widget_of
from desktop.viewmodels.settings import THEMES, SettingsViewModel

WIDTH = 760
#: What is shipped with the window, and under which licence.
PARTS = (
    ("Qt and PySide6", "LGPL-3.0"),
    ("SQLCipher (sqlcipher3)", "BSD-3-Clause, zlib"),
    ("llama.cpp (llama-cpp-python)", "MIT"),
    ("cryptography", "Apache-2.0 or BSD-3-Clause"),
    ("keyring", "MIT"),
    ("Python", "PSF-2.0"),
)


class SettingsPage(QWidget):
    """Follows a `SettingsViewModel`; `told` carries a sentence for the message bar."""

    told = Signal(str)

    def __init__(self, theme: Theme, settings: SettingsViewModel, version: str) -> None:
        super().__init__()
        self._theme, self._settings, self._version = theme, settings, version
        page = column(
            label(self.tr("Settings"), "display"),
            4,
            self._build_look(),
            self._build_model(),
            self._build_offline(),
            self._build_about(),
            None,
            spacing=16,
        )
        outer = column(centred(widget_of(page), WIDTH), None)
        outer.setContentsMargins(24, 24, 24, 24)
        self.setLayout(column(scrolled(outer)))
        settings.changed.connect(self._follow)
        settings.machine.theme_changed.connect(self._follow_theme)
        settings.told.connect(self.told)

    def _build_look(self) -> QFrame:
        names = {"system": self.tr("Like the system"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        self.themes = {name: QRadioButton(names[name]) for name in THEMES}
        self._group = QButtonGroup(self)
        for name, each in self.themes.items():
            each.setAccessibleName(self.tr("Look: {0}").format(names[name]))
            each.setChecked(name == self._settings.machine.theme)
            self._group.addButton(each)
            each.clicked.connect(lambda _=False, chosen=name: self._settings.machine.choose_theme(chosen))
        return card(label(self.tr("Look"), "lead"), row(*self.themes.values(), None, spacing=20))

    def _build_model(self) -> QFrame:
        self.model = Choice(self._theme)
        self.model.activated.connect(lambda: self._settings.choose_model(str(self.model.currentData())))
        self.note = label("", "body")
        self.note.setProperty("tone", "caution")
        icon = QLabel()
        self._theme.dress(icon, "caution", "caution", 18)
        note = row(icon, self.note, spacing=8)
        note.setStretch(1, 1)
        self._note = widget_of(note)
        return card(label(self.tr("Model"), "lead"), field(self.tr("The model that answers"), self.model), self._note)

    def _build_offline(self) -> QFrame:
        settings = self._settings
        icon = QLabel()
        name, role = ("shield", "accent") if settings.is_offline_enforced else ("caution", "caution")
        self._theme.dress(icon, name, role, 22)
        words = (
            self.tr(
                "The operating system refuses every network connection of this program and of everything it starts."
            )
            if settings.is_offline_enforced
            else self.tr("This program opens no network connection, but on this system nothing enforces that.")
        )
        self.offline = label(words)
        box = row(icon, self.offline, spacing=10)
        box.setStretch(1, 1)
        folder = label(settings.vault_folder, "small")
        return card(
            label(self.tr("Offline and encrypted"), "lead"),
            box,
            label(self.tr("Incidents, policies and trained versions are encrypted in this folder:"), "muted"),
            folder,
        )

    def _build_about(self) -> QFrame:
        lines = [row(label(name, wraps=False), None, label(licence, "muted", wraps=False)) for name, licence in PARTS]
        return card(
            label(self.tr("About"), "lead"),
            label(self._about()),
            label(self.tr("It gives drafts to professionals. It gives no legal advice and decides nothing."), "muted"),
            label(self.tr("Made with"), "label"),
            *lines,
            spacing=8,
        )

    def _about(self) -> str:
        name = f"Circlekeeper {self._version}".strip()
        return self.tr("{0} is free software under the Apache License 2.0.").format(name)

    def _follow_theme(self) -> None:
        self.themes[self._settings.machine.theme].setChecked(True)

    def _follow(self) -> None:
        settings = self._settings
        self.model.blockSignals(True)
        self.model.clear()
        for each in settings.models:
            self.model.addItem(each.name[:1].upper() + each.name[1:], each.name)
        if not settings.models:
            self.model.addItem(self.tr("No model is installed"), "")
        self.model.blockSignals(False)
        if settings.model is not None:
            self.model.choose(settings.model.name)
            self.note.setText(
                self.tr("The starter model is {0}.").format(settings.model.note) if settings.model.note else ""
            )
        self._note.setVisible(settings.model is not None and bool(settings.model.note))
