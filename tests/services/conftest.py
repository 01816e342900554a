# SPDX-License-Identifier: Apache-2.0
"""A desk to make suggestions at, and real models that recite a known answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from suggestion_desk import TESTS, Desk, ListeningEngine

sys.path.insert(0, str(TESTS / "inference"))  # the writer of tiny models lives there


@pytest.fixture
def desk() -> Iterator[Desk]:
    engine = ListeningEngine()
    yield Desk(engine)
    engine.close()


@pytest.fixture
def recite(tmp_path: Path) -> Callable[..., Path]:
    """Makes a model that recites a text."""
    import tiny_gguf

    def make(text: str, **options: Any) -> Path:
        path = tmp_path / "reciting.gguf"
        tiny_gguf.write_model(path, text, **options)
        return path

    return make
