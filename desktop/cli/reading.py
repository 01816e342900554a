# SPDX-License-Identifier: Apache-2.0
"""Reads what a command is given: files or standard input, and a folder of policies."""

from __future__ import annotations

import sys
from pathlib import Path

from desktop.domain.library import policy_id
from desktop.errors import ImportFileError
from trainer.practice.citations import Passage, split_policy

MAX_BYTES = 32 << 20
MAX_POLICY_BYTES = 2 << 20


def read_text(source: str, limit: int = MAX_BYTES) -> str:
    """The text of a file, or of standard input for "-"; raises `ImportFileError` with one sentence."""
    name = "Standard input" if source == "-" else Path(source).name
    try:
        if source == "-":
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with open(source, "rb") as file:
                data = file.read(limit + 1)
    except FileNotFoundError:
        raise ImportFileError(f"There is no file {name}; check the path.") from None
    except (OSError, ValueError):
        raise ImportFileError(f"{name} could not be read; check that it is a file and that you may read it.") from None
    if len(data) > limit:
        raise ImportFileError(f"{name} is larger than {limit >> 20} MB; split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ImportFileError(f"{name} is not UTF-8 text; save it as UTF-8.") from None


def read_policies(folder: str | None) -> list[Passage]:
    """The passages of every Markdown file in a folder, in the order of their names; none without a folder."""
    if folder is None:
        return []
    files = sorted(Path(folder).glob("*.md"))
    if not files:
        raise ImportFileError("The policies' folder holds no .md file; give the folder with the policies in Markdown.")
    passages: list[Passage] = []
    taken: list[str] = []
    for path in files:
        taken.append(policy_id(path.stem, taken))
        passages += split_policy(taken[-1], read_text(str(path), MAX_POLICY_BYTES))
    return passages
