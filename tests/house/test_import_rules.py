# SPDX-License-Identifier: Apache-2.0
"""Who may import whom: one table of rules over the imports of every module, and the contracts in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from source_tree import ROOT, imports_any, imports_of, modules

HEAVY = {"torch", "trl", "unsloth", "unsloth_zoo", "transformers", "peft", "datasets", "gguf"}
ADAPTERS = ("store", "secrets", "inference", "training", "documents")
QT_WIDGETS = {"PySide6.QtWidgets", "PySide6.QtGui", "PySide6.QtQml", "PySide6.QtQuick"}
THREADS = {"threading", "_thread", "concurrent", "multiprocessing", "PySide6.QtCore.QThread",
           "PySide6.QtCore.QThreadPool", "PySide6.QtCore.QRunnable"}
# The two that make or stop background work; the database's, which only locks; the wire's reader in the trainer.
THREADS_ALLOWED = {"desktop/tasks.py", "desktop/cancel.py", "desktop/store/connection.py", "trainer/channel.py"}
OPENS_CONNECTIONS = {"socket", "ssl", "urllib.request", "http", "ftplib", "smtplib", "requests", "httpx",
                     "PySide6.QtNetwork", "PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets"}


@dataclass(frozen=True)
class Only:
    """`names` are imported below `where` in `allowed` alone (files, or folders that end in /)."""

    names: frozenset[str]
    where: str
    allowed: frozenset[str]

    def broken(self) -> list[str]:
        return [f"{path}: {name}" for path in modules(self.where) if not self._permits(path)
                for name in imports_any(path, self.names)]

    def _permits(self, path: Path) -> bool:
        text = path.as_posix()
        return any(text == place or (place.endswith("/") and text.startswith(place)) for place in self.allowed)


def only(names: set[str], where: str, *allowed: str) -> Only:
    return Only(frozenset(names), where, frozenset(allowed))


RULES = {
    "no machine learning in the app": only(HEAVY, "desktop"),
    "llama.cpp in one file of the app": only({"llama_cpp"}, "desktop", "desktop/inference/worker.py"),
    "llama.cpp in one file of the trainer": only({"llama_cpp"}, "trainer", "trainer/llama.py"),
    "the keyring in secrets": only({"keyring", "secretstorage"}, "desktop", "desktop/secrets/"),
    "SQLCipher in store": only({"sqlcipher3"}, "desktop", "desktop/store/"),
    "never plain SQLite": only({"sqlite3"}, "desktop"),
    "threads where they belong, in the app": only(THREADS, "desktop", *THREADS_ALLOWED),
    "threads where they belong, in the trainer": only(THREADS, "trainer", *THREADS_ALLOWED),
    "Qt above the services": only({"PySide6", "shiboken6"}, "desktop", "desktop/app.py", "desktop/ui/",
                                  "desktop/viewmodels/"),
    "no widgets in view-models": only(QT_WIDGETS, "desktop/viewmodels"),
    "no connection from the app": only(OPENS_CONNECTIONS, "desktop"),
    "no connection from the trainer": only(OPENS_CONNECTIONS, "trainer"),
    "nothing of the app in the trainer": only({"desktop"}, "trainer"),
    "wiring for the entries alone": only({"desktop.wiring"}, "desktop", "desktop/app.py", "desktop/wiring.py",
                                         "desktop/cli/"),
    "no view in the command line": only({"desktop.ui", "desktop.viewmodels"}, "desktop/cli"),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_rule_is_kept(rule: Only) -> None:
    assert rule.broken() == []


def test_a_broken_rule_is_found() -> None:
    """The table must be able to fail: SQLCipher is imported in store, so nowhere-allowed must report it."""
    assert any("desktop/store/" in line for line in only({"sqlcipher3"}, "desktop").broken())


def test_the_rim_is_standard_library_only() -> None:
    rim = [*modules("trainer/practice"), Path("trainer/protocol.py")]
    foreign = [
        f"{path}: {name}"
        for path in rim
        for name in imports_of(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not name.startswith(("trainer.practice.", "trainer.protocol"))
        and name != "trainer.practice"
    ]
    assert foreign == []


def test_the_domain_is_standard_library_only() -> None:
    foreign = [f"{path}: {name}" for path in modules("desktop/domain") for name in imports_of(path)
               if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("desktop.domain")]
    assert foreign == []


def test_the_app_sees_only_the_rim_of_the_trainer() -> None:
    rim = ("trainer.protocol", "trainer.practice")
    beyond = [f"{path}: {name}" for path in modules("desktop") for name in imports_of(path)
              if name.split(".")[0] == "trainer" and not name.startswith(rim)]
    assert beyond == []


def test_adapters_do_not_know_each_other() -> None:
    """One exception, in one file: opening a vault unwraps its key, so store/vault.py calls secrets."""
    crossed = [
        f"{path}: {name}"
        for own in ADAPTERS
        for path in modules(f"desktop/{own}")
        for name in imports_any(path, {f"desktop.{other}" for other in ADAPTERS if other != own})
        if (path.as_posix(), name) != ("desktop/store/vault.py", "desktop.secrets")
    ]
    assert crossed == []


def test_the_developers_command_is_standard_library_only() -> None:
    foreign = [f"{path}: {name}" for path in modules("packaging") for name in imports_of(path)
               if name.split(".")[0] not in {*sys.stdlib_module_names, "devtools"}]
    assert foreign == []


def test_import_linter_contracts_hold() -> None:
    """The chains of imports too, which the table above does not follow."""
    program = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    done = subprocess.run([sys.executable, "-c", program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
