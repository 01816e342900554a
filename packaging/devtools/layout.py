# SPDX-License-Identifier: Apache-2.0
"""Where everything that the developer's command makes stands in a checkout."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """A checkout, by its top folder."""

    root: Path

    @property
    def cache(self) -> Path:
        """Everything that can be made again: wheels, archives, logs. In .gitignore, and safe to delete."""
        return self.root / ".cache"

    @property
    def log(self) -> Path:
        return self.cache / "dev.log"

    @property
    def app(self) -> Path:
        return self.root / ".venv"

    @property
    def trainer(self) -> Path:
        return self.root / ".venv-trainer"

    @property
    def converter(self) -> Path:
        """llama.cpp's converter scripts, out of the source archive that the wheel was built from."""
        return self.trainer / "share" / "circlekeeper" / "llama.cpp"

    def lock(self, name: str) -> Path:
        return self.root / "packaging" / "locks" / name


def python_of(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def scripts_of(environment: Path) -> Path:
    return python_of(environment).parent


CHECKOUT = Layout(Path(__file__).resolve().parents[2])
