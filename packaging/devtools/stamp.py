# SPDX-License-Identifier: Apache-2.0
"""The stamp of a finished piece of work: what it was made from, written last and removed before it is touched again.

A piece of work with a fitting stamp is complete, whatever happened to the machine; anything else is gone on with.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

# Raise this when the way of installing changes, so that every checkout goes through it once more.
RECIPE = "1"


def key_of(parts: Iterable[str | Path]) -> str:
    """A hash over texts and over the contents of files."""
    digest = hashlib.sha256(RECIPE.encode())
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def fits(path: Path, key: str) -> bool:
    try:
        return path.read_text("ascii").strip() == key
    except (OSError, UnicodeDecodeError):
        return False


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def write(path: Path, key: str) -> None:
    """Written whole or not at all, after what it vouches for has reached the disk."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="ascii") as target:
        target.write(key + "\n")
        target.flush()
        os.fsync(target.fileno())
    os.replace(fresh, path)
