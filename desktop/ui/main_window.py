# SPDX-License-Identifier: Apache-2.0
"""The window: the unlock page first, then the shell; shortcuts, message bar, and what happens on closing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from desktop.ui.dialogs import HelpDialog, StopTrainingDialog, words_for
from desktop.ui.pages.unlock import UnlockPage
from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.layout import label
from desktop.ui.widgets.notices import Toast
from desktop.viewmodels.settings import MachineSettings
from desktop.viewmodels.vault import VaultViewModel

if TYPE_CHECKING:
    from desktop.ui.shell import Shell
    from desktop.viewmodels.window import ViewModels

SIZE, LEAST_SIZE = (1280, 800), (640, 480)


class MainWindow(QMainWindow):
    """`lock_asked` and `ended` are emitted when nothing stands in the way any more."""

    lock_asked = Signal()
    ended = Signal()

    def __init__(
        self, theme: Theme, vault: VaultViewModel, machine: MachineSettings, version: Callable[[], str]
    ) -> None:
        super().__init__()
        self._theme, self._machine, self._version = theme, machine, version
        self.setWindowTitle("Circlekeeper")
        self.setWindowIcon(theme.icon("circle", "accent", 64))
        self.unlock = UnlockPage(theme, vault)
        self.shell: Shell | None = None
        self._models: ViewModels | None = None
        self._may_close = False
        self._stack = QStackedWidget()
        self._stack.addWidget(self.unlock)
        self.setCentralWidget(self._stack)
        self.toast = Toast(theme, self._stack)
        self.setMinimumSize(*LEAST_SIZE)
        self.resize(*SIZE)
        self.restoreGeometry(machine.geometry)
        self._add_shortcuts()
        self.unlock.focus_first()

    def show_shell(self, models: ViewModels) -> None:
        """The vault is open."""
        from desktop.ui.shell import Shell  # with all pages: loaded while the passphrase is typed

        self._models = models
        self.shell = Shell(self._theme, models, self._version)
        self.shell.told.connect(self.toast.tell)
        self.shell.lock_asked.connect(self.lock)
        self._stack.addWidget(self.shell)
        self._stack.setCurrentWidget(self.shell)

    def lock(self) -> None:
        """Lock, once a running training is stopped."""
        self._when_free("lock", self.lock_asked.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_close:
            event.ignore()
            self._when_free("quit", self._end)
            return
        self._machine.keep_geometry(self.saveGeometry())
        super().closeEvent(event)

    def _end(self) -> None:
        self._may_close = True
        self.close()
        self.ended.emit()

    def _when_free(self, action: str, then: Callable[[], None]) -> None:
        if self._models is None or not self._models.training.is_running:
            then()
            return
        if StopTrainingDialog(self._theme, words_for(action), self).exec():
            self._cover()
            self._models.training.stop("save", then)

    def _cover(self) -> None:
        """Nothing of the vault is seen while the training is being saved."""
        cover = label(self.tr("The training is being saved …"), "title")
        cover.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(cover)
        self._stack.setCurrentWidget(cover)

    def _add_shortcuts(self) -> None:
        keys: dict[str, Callable[[Shell], None]] = {
            "Ctrl+N": lambda shell: shell.new_incident(),
            "Ctrl+S": lambda shell: shell.save(),
            "Ctrl+F": lambda shell: shell.search(),
            "Ctrl+Return": lambda shell: shell.suggest(),
            "Ctrl+1": lambda shell: shell.go("incidents"),
            "Ctrl+2": lambda shell: shell.go("training"),
            "Ctrl+3": lambda shell: shell.go("settings"),
            "Ctrl+L": lambda shell: self.lock(),
        }
        for key, action in keys.items():
            QShortcut(QKeySequence(key), self, lambda each=action: self._with_shell(each))
        QShortcut(QKeySequence("F1"), self, lambda: HelpDialog(self._theme, self).exec())

    def _with_shell(self, action: Callable[[Shell], None]) -> None:
        if self.shell is not None and self._stack.currentWidget() is self.shell:
            action(self.shell)
