# SPDX-License-Identifier: Apache-2.0
"""Tiny real models whose answers are known, and engines that are ended with their test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_gguf
from known_answers import OTHER, TEXT, Reciting

from desktop.inference.engine import LlamaEngine


@pytest.fixture(scope="session")
def reciting(tmp_path_factory: pytest.TempPathFactory) -> Reciting:
    folder = tmp_path_factory.mktemp("reciting")
    tiny_gguf.write_model(folder / "model.gguf", TEXT, OTHER)
    return Reciting(folder / "model.gguf", tiny_gguf.adapter_bytes(folder / "adapter.gguf", TEXT, OTHER))


@pytest.fixture(scope="session")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that says TEXT over and over, until its context is full."""
    path = tmp_path_factory.mktemp("endless") / "model.gguf"
    tiny_gguf.write_model(path, TEXT, loop=True, context=32_768)
    return path


@pytest.fixture
def engine() -> Iterator[LlamaEngine]:
    engine = LlamaEngine()
    yield engine
    engine.close()
