# SPDX-License-Identifier: Apache-2.0
"""The developer's command for its tests: importable from the checkout, and as a copy in a small checkout of its own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from small_checkout import SmallCheckout
from source_tree import ROOT

sys.path.insert(0, str(ROOT / "packaging"))


@pytest.fixture
def small_checkout(tmp_path: Path) -> SmallCheckout:
    """A fresh one, in a folder with a space in its name."""
    root = tmp_path / "a checkout"
    shutil.copytree(ROOT / "packaging", root / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    return SmallCheckout(root)
