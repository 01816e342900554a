# SPDX-License-Identifier: Apache-2.0
"""Where the program's own folders are, on every system.

`CIRCLEKEEPER_HOME` moves everything that is written into one folder (portable use, tests). The vault stays out of
roaming and synchronised folders: on Windows it is below the *local* application data.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop.errors import KnownError

_ROOT = Path(__file__).resolve().parent.parent


class FilesMissing(KnownError):
    """Files that belong to the program are not there."""

    code = "files-missing"
    sentence = "The program's own files (assets) are missing; reinstall Circlekeeper."


def home_folder() -> Path:
    """The folder that holds everything Circlekeeper writes."""
    override = os.environ.get("CIRCLEKEEPER_HOME")
    if override:
        return Path(override).expanduser().absolute()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or os.environ.get("APPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "Circlekeeper"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Circlekeeper"
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share") / "circlekeeper"


def vault_folder() -> Path:
    """Where the vault is unless the user says otherwise."""
    return home_folder() / "vault"


def models_folder() -> Path:
    """Where models that a user adds are kept; they are public and not encrypted."""
    return home_folder() / "models"


def assets_folder() -> Path:
    """The program's own data: beside the packages in a checkout, below the environment in an installed program."""
    for folder in (_ROOT / "assets", Path(sys.prefix) / "share" / "circlekeeper" / "assets"):
        if (folder / "practice").is_dir():
            return folder
    raise FilesMissing


def code_folder() -> Path:
    """The folder that holds the packages `desktop` and `trainer`."""
    return _ROOT


def trainer_python() -> Path | None:
    """The trainer environment's Python, or None when that environment is not there."""
    inside = Path("Scripts", "python.exe") if sys.platform == "win32" else Path("bin", "python")
    for folder in (_ROOT / ".venv-trainer", home_folder() / "trainer"):
        if (folder / inside).exists():
            return folder / inside
    return None
