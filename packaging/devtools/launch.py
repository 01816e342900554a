# SPDX-License-Identifier: Apache-2.0
"""Start the program out of the checkout: its window, or its main job without a screen."""

from __future__ import annotations

import subprocess

from devtools import setup, system
from devtools.console import Trouble, environment
from devtools.layout import Layout, python_of

NO_DISPLAY = (
    "There is no display here to open a window on; this does the main job without one: "
    "python3 packaging/dev.py run --headless-demo"
)


def window(layout: Layout) -> int:
    """Both environments, then the window. Without a display the environments are still made."""
    setup.ensure(layout)
    if not system.has_display():
        raise Trouble(NO_DISPLAY, 3)
    return _start(layout, ["-m", "desktop"])


def demo(layout: Layout, minutes: float) -> int:
    setup.ensure(layout)
    return _start(layout, ["-m", "desktop", "demo", "--minutes", f"{minutes:g}"])


def _start(layout: Layout, arguments: list[str]) -> int:
    return subprocess.call([python_of(layout.app), "-P", *arguments], env=environment())
