# SPDX-License-Identifier: Apache-2.0
"""Which files are taken for models, and what is said about the others."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from desktop.errors import ImportFileError
from desktop.services.models import STARTER_NOTE, ModelsService, read_adapter, sha256_of


@pytest.fixture
def models(tmp_path: Path) -> ModelsService:
    starter, folder = tmp_path / "assets" / "starter", tmp_path / "models"
    starter.mkdir(parents=True)
    folder.mkdir()
    (starter / "starter.gguf").write_bytes(b"GGUF starter")
    (folder / "larger.gguf").write_bytes(b"GGUF larger")
    return ModelsService(tmp_path / "assets", folder)


def test_listed_and_chosen_by_name(models: ModelsService) -> None:
    assert [model.name for model in models.listed()] == ["starter", "larger"]
    assert models.choose(None) == models.choose("starter") == models.starter()
    assert models.starter().note == STARTER_NOTE
    assert models.choose("larger").note == ""


def test_chosen_by_path(models: ModelsService, tmp_path: Path) -> None:
    path = tmp_path / "own.GGUF"
    path.write_bytes(b"GGUF own")
    assert models.choose(str(path)).path == path


@pytest.mark.parametrize(("name", "content", "words"), [
    ("own.gguf", b"PK\x03\x04 zipped", "is not a GGUF file"), ("own.gguf", b"GG", "is not a GGUF file"),
    ("own.bin", b"GGUF", "no model of that name"), ("gone.gguf", None, "could not be read"),
])
def test_what_is_no_model_is_told(
    models: ModelsService, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportFileError, match=words):
        models.choose(str(tmp_path / name))


def test_a_starter_that_is_gone_is_told(tmp_path: Path) -> None:
    models = ModelsService(tmp_path, tmp_path / "none")
    assert models.listed() == []
    with pytest.raises(ImportFileError, match=r"starter\.gguf could not be read"):
        models.choose(None)


def test_fingerprints(models: ModelsService) -> None:
    path = models.starter().path
    assert sha256_of(path) == hashlib.sha256(b"GGUF starter").hexdigest()
    assert models.starter_sha256() is None
    card = path.with_name("card.json")
    card.write_text(json.dumps({"sha256": {"starter.gguf": sha256_of(path)}}), encoding="utf-8")
    assert models.starter_sha256() == sha256_of(path)
    card.write_text("[]", encoding="utf-8")
    assert models.starter_sha256() is None


def test_an_adapter_is_read_only_if_it_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"GGUF adapter")
    (tmp_path / "b.gguf").write_bytes(b"safetensors")
    assert read_adapter(tmp_path / "a.gguf") == b"GGUF adapter"
    for name in ("b.gguf", "c.gguf"):
        with pytest.raises(ImportFileError, match="trained version"):
            read_adapter(tmp_path / name)
