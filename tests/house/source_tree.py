# SPDX-License-Identifier: Apache-2.0
"""The checkout as the rules of the house see it: the files that git would carry, and what each module imports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("desktop", "trainer", "packaging", "tests")


@cache
def files() -> tuple[Path, ...]:
    """Every file that is in git or would be added to it, relative to the top."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return tuple(sorted(Path(name) for name in set(listing.split("\0")) if name and (ROOT / name).is_file()))


def modules(*folders: str) -> list[Path]:
    """Python files below the folders (default: all code), relative to the top."""
    wanted = folders or CODE_FOLDERS
    return [path for path in files() if path.suffix == ".py" and any(path.is_relative_to(name) for name in wanted)]


@cache
def text_of(path: Path) -> str:
    return (ROOT / path).read_text("utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), filename=str(path))


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """Dotted names that a file imports, anywhere in it; `from a import b` counts as a.b."""
    return tuple(sorted(set(_imports(path))))


def _imports(path: Path) -> Iterator[str]:
    package = path.with_suffix("").parts[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{name}.{alias.name}" for alias in node.names)


def imports_any(path: Path, names: frozenset[str] | set[str]) -> list[str]:
    """Which of the dotted `names`, or what lies below them, the file imports."""
    found = imports_of(path)
    return sorted(name for name in names if any(one == name or one.startswith(name + ".") for one in found))
