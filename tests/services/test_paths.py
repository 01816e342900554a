# SPDX-License-Identifier: Apache-2.0
"""Where the program's folders are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktop import paths


def test_one_variable_moves_everything_that_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CIRCLEKEEPER_HOME", str(tmp_path / "stick"))
    assert paths.vault_folder() == tmp_path / "stick" / "vault"
    assert paths.models_folder() == tmp_path / "stick" / "models"


@pytest.mark.parametrize(("platform", "variables", "expected"), [
    ("linux", {"XDG_DATA_HOME": "/data"}, "/data/circlekeeper"),
    ("linux", {"XDG_DATA_HOME": "relative", "HOME": "/homes/ann"}, "/homes/ann/.local/share/circlekeeper"),
    ("darwin", {"HOME": "/people/ann"}, "/people/ann/Library/Application Support/Circlekeeper"),
    ("win32", {"LOCALAPPDATA": "/local", "APPDATA": "/roaming"}, "/local/Circlekeeper"),
    ("win32", {"APPDATA": "/roaming"}, "/roaming/Circlekeeper"),
])
def test_each_system_has_its_place(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], expected: str
) -> None:
    for name in ("CIRCLEKEEPER_HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert paths.home_folder() == Path(expected)


def test_the_assets_are_found_and_their_loss_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert (paths.assets_folder() / "practice" / "gate.toml").is_file()
    monkeypatch.setattr(paths, "_ROOT", tmp_path)
    with pytest.raises(paths.FilesMissing, match="reinstall"):
        paths.assets_folder()
