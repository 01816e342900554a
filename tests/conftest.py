# SPDX-License-Identifier: Apache-2.0
"""What every test needs: windows are drawn without a screen, and nothing is written into the user's own folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before the first QApplication. A test that wants a real screen says so itself.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def home_of_the_test(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Everything the program writes goes into a folder of this test, never into the developer's own vault."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CIRCLEKEEPER_HOME", str(folder))
    yield folder
