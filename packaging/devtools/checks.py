# SPDX-License-Identifier: Apache-2.0
"""Everything that is judged without running the program: lint, types, who imports whom, sizes and names."""

from __future__ import annotations

import subprocess

from devtools import setup
from devtools.console import environment, say
from devtools.layout import Layout, python_of, scripts_of

TYPED = ("desktop/domain", "desktop/services", "trainer/protocol.py", "trainer/practice")


def run(layout: Layout) -> int:
    """0 when every check passed; all of them run, so that one start shows everything."""
    setup.ensure(layout)
    failed = [name for name, command in commands(layout) if not _passes(layout, name, command)]
    say(f"check: {'failed: ' + ', '.join(failed) if failed else 'all passed'}")
    return 1 if failed else 0


def commands(layout: Layout) -> list[tuple[str, list[str]]]:
    python = [str(python_of(layout.app)), "-P", "-m"]
    return [
        ("lint", [*python, "ruff", "check", "."]),
        ("types", [*python, "mypy", *TYPED]),
        ("imports", [str(scripts_of(layout.app) / "lint-imports"), "--cache-dir", str(layout.cache / "imports")]),
        ("house", [*python, "pytest", "-q", "tests/house/test_house_rules.py"]),
    ]


def _passes(layout: Layout, name: str, command: list[str]) -> bool:
    say(f"{name}:")
    return subprocess.call(command, cwd=layout.root, env=environment()) == 0
