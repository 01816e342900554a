# SPDX-License-Identifier: Apache-2.0
"""What has to come from the operating system: a compiler, venv's other half, Qt's libraries, a font, a screen.

As root on Debian and its kin the missing packages are installed; otherwise one line says what installs them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from devtools.console import Trouble, complain, step
from devtools.layout import Layout

# What Qt's window needs, by the name that the loader looks for, and the Debian package that holds it.
WINDOW_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "fontconfig",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def provide(layout: Layout, held: int | None, *, building: bool) -> None:
    """Everything needed from the system is there, or `Trouble` says the one line that brings it."""
    missing = [*missing_for_building()] if building else []
    if sys.platform.startswith("linux"):
        missing += missing_for_window(known_libraries())
    if missing:
        _bring(missing, layout, held)


def provide_screen_for_tests(layout: Layout) -> None:
    """A virtual screen for the screenshots; the tests themselves draw without one, so its lack stops nothing."""
    if not sys.platform.startswith("linux") or shutil.which("Xvfb"):
        return
    if can_install():
        _install(["xvfb"], layout, None)
    else:
        complain(f"No virtual screen here, so no screenshots; this brings it: {install_line(['xvfb'])}")


def missing_for_building() -> list[str]:
    """Debian packages that the build and the environments lack, read from what is really there."""
    missing = []
    if importlib.util.find_spec("ensurepip") is None:
        missing.append("python3-venv")
    if os.name != "nt" and not _compiler():
        missing.append("g++")
    return missing


def _compiler() -> bool:
    if sys.platform == "darwin":
        # A stub of this name is always there; only the tools behind it count.
        return subprocess.run(["xcode-select", "-p"], check=False, capture_output=True).returncode == 0
    named = os.environ.get("CXX", "").split()
    return any(shutil.which(name) for name in [*named[:1], "c++", "g++", "clang++"])


def known_libraries() -> set[str] | None:
    """Names the loader knows, or None where that cannot be asked (then trying Qt out tells)."""
    tool = shutil.which("ldconfig") or shutil.which("/sbin/ldconfig")
    if tool is None:
        return None
    listing = subprocess.run([tool, "-p"], check=False, capture_output=True, text=True).stdout
    return {line.split()[0] for line in listing.splitlines() if "=>" in line} or None


def missing_for_window(libraries: set[str] | None) -> list[str]:
    missing = []
    if libraries is not None:
        missing = [package for name, package in WINDOW_LIBRARIES.items() if name not in libraries]
    if not _has_font():
        missing.append("fonts-dejavu-core")
    return missing


def _has_font() -> bool:
    folders = [Path(name).expanduser() for name in FONT_FOLDERS]
    return any(next(folder.rglob(f"*.{kind}"), None) for folder in folders for kind in ("ttf", "otf", "ttc"))


def can_install() -> bool:
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def install_line(packages: Iterable[str]) -> str:
    """The one line for the reader's own terminal."""
    names = " ".join(packages)
    if shutil.which("apt-get"):
        return f"sudo apt-get install -y --no-install-recommends {names}"
    return f"your package manager's command for what Debian calls {names}"


def _bring(missing: list[str], layout: Layout, held: int | None) -> None:
    if can_install():
        _install(missing, layout, held)
    elif sys.platform == "darwin":
        raise Trouble("A C++ compiler is missing. This brings it: xcode-select --install", 3)
    else:
        raise Trouble(f"Missing from the system: {', '.join(missing)}. This brings them: {install_line(missing)}", 3)


def _install(packages: list[str], layout: Layout, held: int | None) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    step("reading Debian's package lists", "10 s", ["apt-get", "-qq", "update"], layout.log, extra=quiet, held=held)
    command = ["apt-get", "-qq", "-y", "--no-install-recommends", "install", *packages]
    step(f"installing {', '.join(packages)}", "30 s", command, layout.log, extra=quiet, held=held)


def has_display() -> bool:
    """Whether a window can be shown. Only Linux and its kin can be without."""
    if os.name == "nt" or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
