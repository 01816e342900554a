# SPDX-License-Identifier: Apache-2.0
"""The models that can be chosen: the starter that comes with the program, and GGUF files that a user names."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from desktop.errors import ImportFileError

GGUF_MAGIC = b"GGUF"
STARTER = "starter"
STARTER_NOTE = "for trying the program, not for real cases"
MAX_ADAPTER_BYTES = 1 << 30


@dataclass(frozen=True)
class Model:
    """One model. `note` is shown wherever the model is named; "" for models without a caution."""

    name: str
    path: Path
    note: str = ""


class ModelsService:
    """Finds models by name or path. `assets` holds the starter, `folder` what the user added."""

    def __init__(self, assets: Path, folder: Path) -> None:
        self._assets, self._folder = assets, folder

    def starter(self) -> Model:
        """The model that comes with the program, whether or not its file is there."""
        return Model(STARTER, self._assets / "starter" / "starter.gguf", STARTER_NOTE)

    def listed(self) -> list[Model]:
        """Every model that is there, the starter first."""
        starter = self.starter()
        own = sorted(self._folder.glob("*.gguf")) if self._folder.is_dir() else []
        return [*([starter] if starter.path.is_file() else []), *(Model(path.stem, path) for path in own)]

    def choose(self, name_or_path: str | None) -> Model:
        """The model of that name, or of that file; None is the starter. Raises `ImportFileError` with one sentence."""
        named = {model.name: model for model in self.listed()}
        if name_or_path is None or name_or_path == STARTER:
            return _checked(self.starter())
        if name_or_path in named:
            return _checked(named[name_or_path])
        path = Path(name_or_path).expanduser()
        if path.suffix.lower() != ".gguf":
            raise ImportFileError("There is no model of that name; give the name of a listed model or a .gguf file.",
                                  code="model-unknown")
        return _checked(Model(path.stem, path))

    def starter_sha256(self) -> str | None:
        """The fingerprint that the starter's card gives for it, None when there is none."""
        path = self.starter().path
        try:
            card = json.loads(path.with_name("card.json").read_text(encoding="utf-8"))
            return str(card["sha256"][path.name])
        except (OSError, ValueError, KeyError, TypeError):
            return None


def sha256_of(path: Path) -> str:
    """A file's SHA-256 in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_adapter(path: Path) -> bytes:
    """The bytes of a trained version (a LoRA in GGUF) that the user named."""
    _require_gguf(path, "trained version")
    if path.stat().st_size > MAX_ADAPTER_BYTES:
        raise ImportFileError("This file is too large to be a trained version; choose the adapter, not a model.")
    return path.read_bytes()


def _checked(model: Model) -> Model:
    _require_gguf(model.path, "model")
    return model


def _require_gguf(path: Path, what: str) -> None:
    try:
        with open(path, "rb") as file:
            magic = file.read(len(GGUF_MAGIC))
    except OSError:
        raise ImportFileError(f"The {what}'s file {path.name} could not be read; check the path.",
                              code="model-missing") from None
    if magic != GGUF_MAGIC:
        raise ImportFileError(f"{path.name} is not a GGUF file, so it is not a {what}; choose another file.",
                              code="not-gguf")
