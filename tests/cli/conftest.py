# SPDX-License-Identifier: Apache-2.0
"""Runs the command as a user does, in a process of its own, with a model that recites a known answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command_runs import ANSWERS, TESTS, Run

from desktop.paths import code_folder

sys.path.insert(0, str(TESTS / "inference"))  # the writer of tiny models lives there


@pytest.fixture
def circlekeeper() -> Run:
    """`circlekeeper ARGUMENTS`, with the text of standard input."""

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-X", "utf8", "-m", "desktop", *arguments], input=stdin, text=True,
                              capture_output=True, cwd=code_folder(), encoding="utf-8")

    return run


@pytest.fixture(scope="session")
def reciting_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that answers with the good example answer to the pencil case."""
    import tiny_gguf

    path = tmp_path_factory.mktemp("model") / "reciting.gguf"
    tiny_gguf.write_model(path, (ANSWERS / "pencil-case" / "good.md").read_text(encoding="utf-8"))
    return path


@pytest.fixture
def named_case(tmp_path: Path) -> Path:
    """The pencil case with people's names in it."""
    text = (ANSWERS / "pencil-case" / "case.json").read_text(encoding="utf-8")
    path = tmp_path / "case.json"
    path.write_text(text.replace("Student A", "Maya Okonkwo").replace("Student B", "Bo"), encoding="utf-8")
    return path
