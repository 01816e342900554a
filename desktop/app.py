# SPDX-License-Identifier: Apache-2.0
"""The window's program: puts services, view-models and the window together, and ends everything in the right order.

Locking does not go back to the first page of this process: what was open stays in a process's memory for as long as
it lives. The vault is closed and the process is replaced by a fresh one, which asks for the passphrase. So a start has
to be fast: the practice rules and the services are loaded while the passphrase is typed, pages when they are visited,
and neither torch nor llama.cpp ever come into this process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtWidgets import QApplication

from desktop import offline, paths, wiring
from desktop.errors import CirclekeeperError
from desktop.services.vault import Vault, VaultService
from desktop.tasks import TaskRunner
from desktop.ui.crash import CrashDialog, redacted_report
from desktop.ui.main_window import MainWindow
from desktop.ui.theme.theme import Theme
from desktop.viewmodels.posting import MainThread
from desktop.viewmodels.settings import MachineSettings
from desktop.viewmodels.vault import VaultViewModel

if TYPE_CHECKING:
    from desktop.viewmodels.window import Given, ViewModels

Door = Callable[[Path, str], Vault]


class Application:
    """Everything of one run of the window. `create` and `open_` are given by tests, which make cheaper vaults."""

    def __init__(
        self,
        app: QApplication,
        folder: Path,
        enforcement: offline.Enforcement,
        *,
        create: Door = wiring.create_vault,
        open_: Door = wiring.open_vault,
        restart: Callable[[], object] | None = None,
    ) -> None:
        self._app, self._enforcement = app, enforcement
        self._restart = restart or restart_process
        self._services: wiring.Services | None = None
        self._is_opened = False
        self.is_closed = False
        self.models: ViewModels | None = None
        self._thread = MainThread()
        self.tasks = TaskRunner(self._thread.post, self.report_bug)
        self.vault = VaultService(folder, create, open_, wiring.vault_exists)
        self.machine = MachineSettings(str(folder.parent / "window.ini"))
        self.theme = Theme(app, paths.assets_folder(), self.machine.theme)
        self.machine.theme_changed.connect(lambda: self.theme.choose(self.machine.theme))
        vault = VaultViewModel(self.vault, self.tasks)
        vault.opened.connect(self._on_opened)
        self.window = MainWindow(self.theme, vault, self.machine, installed_version)
        self.window.lock_asked.connect(self.lock)
        self.window.ended.connect(self.end)

    def start(self) -> None:
        """Show the window, and load what will be needed while the passphrase is typed."""
        self.window.show()
        self.tasks.in_pool(load_services, self._on_built, self._on_failed)

    def lock(self) -> None:
        """Close the vault and start afresh (module docstring)."""
        self.window.hide()
        self.close()
        self._restart()

    def end(self) -> None:
        """The window was closed."""
        self.close()
        self._app.quit()

    def close(self) -> None:
        """Keep drafts, end the model's process, close the vault."""
        self.is_closed = True
        if self.models is not None:
            self.models.leave()
        if self._services is not None:
            self._services.close()
        self.tasks.close(self.vault.close)
        self._thread.close()

    def report_bug(self, error: BaseException) -> None:
        """Tell a mistake of the program calmly."""
        CrashDialog(self.theme, redacted_report(error, installed_version()), self.window).open()

    def except_hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """For `sys.excepthook`: nothing of the exception's text is printed, it may quote an incident."""
        if issubclass(kind, KeyboardInterrupt):
            self._app.quit()
        else:
            self.report_bug(error)

    def _on_built(self, services: wiring.Services) -> None:
        self._services = services
        self._show_shell()

    def _on_opened(self) -> None:
        self._is_opened = True
        self._show_shell()

    def _show_shell(self) -> None:
        """Both the vault and the services are needed, in whichever order they come."""
        if self._services is None or not self._is_opened:
            return
        from desktop.viewmodels.window import view_models  # loaded by load_services

        self.models = view_models(self._given(self._services), self.machine, self.tasks)
        self.window.show_shell(self.models)

    def _given(self, services: wiring.Services) -> Given:
        from desktop.viewmodels.window import Given  # loaded by load_services

        return Given(
            self.vault,
            services.practice,
            services.suggestions,
            services.models,
            wiring.training_service,
            paths.assets_folder(),
            paths.models_folder(),
            self._enforcement.is_enforced,
            self._enforcement.detail,
        )

    def _on_failed(self, error: CirclekeeperError) -> None:
        self.window.toast.tell(str(error))


def main() -> int:
    """Open the window and return the exit status."""
    offline.harden_process()
    enforcement = offline.deny_network()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Circlekeeper")
    app.setStyle("Fusion")
    application = Application(app, paths.vault_folder(), enforcement)
    sys.excepthook = application.except_hook
    application.start()
    return app.exec()


def load_services() -> wiring.Services:
    """Everything behind the first page, on another thread while the passphrase is typed."""
    import desktop.ui.shell  # noqa: F401 (for its imports)

    return wiring.build()


def installed_version() -> str:
    """The program's version; "" in a checkout that was never installed."""
    from importlib import metadata  # slow to import, seldom needed

    try:
        return metadata.version("circlekeeper")
    except metadata.PackageNotFoundError:
        return ""


def restart_process() -> NoReturn:
    """Replace this process by a fresh one with the same command line; its memory goes with it."""
    command = [sys.executable, *sys.orig_argv[1:]]
    if sys.platform == "win32":
        subprocess.Popen(command)
        os._exit(0)
    os.execv(sys.executable, command)
