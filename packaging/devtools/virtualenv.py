# SPDX-License-Identifier: Apache-2.0
"""One virtual environment: made, mended after an interruption, filled from locks, led to the checkout, tried out."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools import stamp
from devtools.console import Trouble, environment, step, watched
from devtools.layout import Layout, python_of, scripts_of

# Exactly what the lock says and nothing beside it: no resolving, no building, no unhashed file.
FROM_LOCK = ("--no-deps", "--require-hashes", "--only-binary", ":all:")
# Trying the trainer's libraries out asks nothing of the network.
QUIET = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "UNSLOTH_DISABLE_STATISTICS": "1"}


@dataclass(frozen=True)
class Virtualenv:
    """`folder` holds it; `held` is the descriptor of the setup's lock, passed on to what installs."""

    folder: Path
    layout: Layout
    held: int | None = None

    @property
    def python(self) -> Path:
        return python_of(self.folder)

    @property
    def stamp(self) -> Path:
        return self.folder / "circlekeeper.stamp"

    def ready(self, key: str) -> bool:
        return self.python.exists() and stamp.fits(self.stamp, key)

    def make(self) -> None:
        """There is an environment of this very Python with a working pip, whatever stood here before."""
        stamp.remove(self.stamp)
        if self._usable():
            self._mend()
            return
        if self.folder.exists():
            shutil.rmtree(self.folder)
        command = [sys.executable, "-m", "venv", str(self.folder)]
        step(f"making {self.folder.name}", "10 s", command, self.layout.log, held=self.held)

    def _usable(self) -> bool:
        if not self.python.exists():
            return False
        probe = "import pip, platform, sys; print(platform.python_version(), sys.base_prefix)"
        command = [self.python, "-I", "-c", probe]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment())
        return done.returncode == 0 and done.stdout.strip() == f"{platform.python_version()} {sys.base_prefix}"

    def _mend(self) -> None:
        """Throw away what an interrupted pip left half done, so that it is installed again.

        pip writes a package's RECORD last: a package without one is not whole though pip would take it for installed.
        Folders that begin with a tilde are packages that pip was in the middle of replacing.
        """
        for folder in self.site_packages.glob("*.dist-info"):
            if not (folder / "RECORD").is_file():
                shutil.rmtree(folder)
        for folder in self.site_packages.glob("~*"):
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def site_packages(self) -> Path:
        if os.name == "nt":
            return self.folder / "Lib" / "site-packages"
        return self.folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"

    def pip(self, *arguments: str | Path) -> list[str | Path]:
        """A pip command line. Isolated from the folder it is started in, and never waiting for an answer."""
        return [self.python, "-I", "-m", "pip", "--no-input", "--disable-pip-version-check", *arguments]

    def install_locks(self, names: Sequence[str], what: str, usually: str) -> None:
        files = [part for name in names for part in ("-r", self.layout.lock(name))]
        command = self.pip("install", "--progress-bar", "off", *FROM_LOCK, *files)
        step(f"{what} into {self.folder.name}", usually, command, self.layout.log, held=self.held)

    def install_wheel(self, wheel: Path) -> None:
        command = self.pip("install", "--no-index", "--no-deps", "--force-reinstall", wheel)
        step(f"llama.cpp into {self.folder.name}", "10 s", command, self.layout.log, held=self.held)

    def lead_to_checkout(self) -> None:
        """Import `desktop` and `trainer` from the checkout itself: an edit needs no new install."""
        (self.site_packages / "circlekeeper.pth").write_text(f"{self.layout.root}\n", "utf-8")

    def add_command(self) -> None:
        """The command `circlekeeper`. -P: the folder it is started in must not lend it modules."""
        if os.name == "nt":
            script = scripts_of(self.folder) / "circlekeeper.cmd"
            script.write_text('@"%~dp0python.exe" -P -m desktop %*\r\n', "utf-8")
            return
        script = scripts_of(self.folder) / "circlekeeper"
        script.write_text(f"#!/bin/sh\nexec '{_quoted(self.python)}' -P -m desktop \"$@\"\n", "utf-8")
        script.chmod(0o755)

    def try_out(self, code: str, usually: str) -> None:
        """Import what matters before anything says ready; raises `Trouble` with what was missing."""
        command = [self.python, "-I", "-c", code]
        step(f"trying out {self.folder.name}", usually, command, self.layout.log, extra=QUIET, held=self.held)

    def works(self, code: str) -> bool:
        status, _ = watched([self.python, "-I", "-c", code], self.layout.log, held=self.held)
        return status == 0

    def finish(self, key: str) -> None:
        stamp.write(self.stamp, key)


def _quoted(path: Path) -> str:
    if "'" in str(path):
        raise Trouble("The checkout's path holds an apostrophe, which the start script cannot carry; move it.", 3)
    return str(path)
