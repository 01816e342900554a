# SPDX-License-Identifier: Apache-2.0
"""How the tests of the command line run it and read it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ANSWERS = TESTS / "answers"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def one_line(text: str) -> str:
    """The only line of a text."""
    lines = text.splitlines()
    assert len(lines) == 1, lines
    return lines[0]
