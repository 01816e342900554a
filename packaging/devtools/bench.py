# SPDX-License-Identifier: Apache-2.0
"""The measured figures: runs each file of tests/bench and prints one table with the machine they were measured on.

A bench is a file with `main()`, started by itself as `python FILE [--long]`. It prints one figure a line, three fields
parted by tabs: what, value, unit. It runs in the app's environment unless it says `ENVIRONMENT = "trainer"`.
"""

from __future__ import annotations

import ast
import os
import platform
import subprocess
from pathlib import Path

from devtools import setup
from devtools.console import Trouble, complain, environment, say
from devtools.layout import Layout, python_of

FIELDS = 3
# Markdown, so that the table can go into the README as it is. Told as it grows: measuring takes long.
HEADER = ("| what | figure | unit |", "| --- | ---: | --- |")


def run(layout: Layout, *, long: bool) -> int:
    setup.ensure(layout)
    files = [path for path in sorted((layout.root / "tests" / "bench").glob("*.py")) if has_main(path)]
    if not files:
        raise Trouble("There is nothing to measure: tests/bench holds no file with a main().", 3)
    say(f"{machine()}\n")
    for line in HEADER:
        say(line)
    failed = []
    for path in files:
        complain(f"measuring {path.stem} ...")
        figures = _measure(layout, path, long)
        if figures is None:
            failed.append(path.stem)
        for row in figures or []:
            say(table_row(row))
    if failed:
        raise Trouble(f"These could not be measured: {', '.join(failed)}.")
    return 0


def has_main(path: Path) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)


def environment_of(path: Path, layout: Layout) -> Path:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node) == "ENVIRONMENT = 'trainer'":
            return layout.trainer
    return layout.app


def _measure(layout: Layout, path: Path, long: bool) -> list[list[str]] | None:
    command = [python_of(environment_of(path, layout)), "-P", path, *(["--long"] if long else [])]
    done = subprocess.run(command, check=False, cwd=layout.root, env=environment(), stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return None
    return [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == FIELDS - 1]


def table_row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.strip() for cell in cells) + " |"


def machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"{system}, {os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    named = next((line for line in lines if line.startswith("model name")), "")
    return named.partition(":")[2].strip() or platform.processor() or "unknown processor"
