# SPDX-License-Identifier: Apache-2.0
"""Tiny real models whose answers are known, and engines that are ended with their test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import tiny_gguf

from desktop.inference.engine import LlamaEngine

TEXT = "Étienne waited by the gate ☕ until four; nobody came, and so he walked home along the river.\n"
OTHER = "Another answer, learned later: first listen, then ask what would help, and write down who does what."
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What happened at the gate?"}]


@dataclass(frozen=True)
class Reciting:
    """A model that answers TEXT, and an adapter under which it answers OTHER."""

    path: Path
    adapter: bytes


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
