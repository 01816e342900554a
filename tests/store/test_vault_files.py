# SPDX-License-Identifier: Apache-2.0
"""Opening and creating: what stands in the folder decides, and nothing damaged is ever taken for a first run."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from made_incidents import incident

from desktop.errors import (
    NotAVault,
    PassphraseTooShort,
    VaultBusy,
    VaultDamaged,
    VaultExists,
    VaultTooNew,
    WrongPassphrase,
)
from desktop.secrets.passphrase import Argon2Cost
from desktop.store.vault import CREATING_FILE, Vault

PASSPHRASE = "quiet lantern over water"
CHEAP = Argon2Cost(memory_kib=64, passes=1, lanes=1)
DATABASES = ("cases.db", "library.db")
CHECKOUT = Path(__file__).parents[2]
Reopen = Callable[[], Vault]


def test_everything_saved_is_there_after_a_restart(vault: Vault, reopen: Reopen) -> None:
    saved = incident("Two pupils argued about a seat.")
    vault.cases.save_incident(saved)
    vault.library.set_setting("theme", "dark")
    vault.close()
    with reopen() as again:
        assert again.cases.incident(saved.id) == saved
        assert again.library.setting("theme") == "dark"
        assert again.damage() == []


@pytest.mark.parametrize("name", DATABASES)
def test_files_on_the_disk_are_encrypted(closed_vault: Path, reopen: Reopen, name: str) -> None:
    with reopen() as vault:
        vault.cases.save_incident(incident("CANARY-NARRATIVE in the hallway"))
        vault.library.set_setting("note", "CANARY-SETTING")
        while_open = b"".join(path.read_bytes() for path in closed_vault.iterdir())
    data = (closed_vault / name).read_bytes()
    assert len(data) >= 4096
    assert not data.startswith(b"SQLite format 3")
    assert b"CANARY" not in data + while_open


def test_files_are_for_this_user_only(closed_vault: Path) -> None:
    others = 0 if os.name == "nt" else 0o077  # Windows has access lists, inherited from the user's folder, instead
    for path in (closed_vault, *closed_vault.iterdir()):
        assert path.stat().st_mode & others == 0, path.name


def test_wrong_passphrase_is_told_apart_from_damage(closed_vault: Path) -> None:
    with pytest.raises(WrongPassphrase):
        Vault.open(closed_vault, "quiet lantern over wate", floor=CHEAP)


def test_after_a_wrong_passphrase_the_right_one_opens(closed_vault: Path, reopen: Reopen) -> None:
    with pytest.raises(WrongPassphrase):
        Vault.open(closed_vault, "something else entirely", floor=CHEAP)
    reopen().close()


def test_folder_without_a_vault(tmp_path: Path) -> None:
    assert not Vault.exists(tmp_path)
    with pytest.raises(NotAVault):
        Vault.open(tmp_path, PASSPHRASE)
    with pytest.raises(NotAVault):
        Vault.open(tmp_path / "nowhere", PASSPHRASE)


@pytest.mark.parametrize("name", [*DATABASES, "vault.slots"])
def test_missing_file_is_damage(closed_vault: Path, reopen: Reopen, name: str) -> None:
    (closed_vault / name).unlink()
    assert Vault.exists(closed_vault)
    with pytest.raises(VaultDamaged, match="missing"):
        reopen()
    assert not (closed_vault / name).exists()


@pytest.mark.parametrize("name", [*DATABASES, "vault.slots"])
def test_empty_file_is_damage(closed_vault: Path, reopen: Reopen, name: str) -> None:
    (closed_vault / name).write_bytes(b"")
    with pytest.raises(VaultDamaged):
        reopen()
    assert (closed_vault / name).read_bytes() == b""


@pytest.mark.parametrize("name", DATABASES)
def test_plain_sqlite_file_is_damage(closed_vault: Path, reopen: Reopen, name: str) -> None:
    (closed_vault / name).unlink()
    with sqlite3.connect(closed_vault / name) as plain:
        plain.execute("CREATE TABLE incident (id)")
    plain.close()
    with pytest.raises(VaultDamaged, match="not an encrypted file"):
        reopen()


@pytest.mark.parametrize("name", DATABASES)
def test_file_of_another_vault_is_damage(closed_vault: Path, reopen: Reopen, tmp_path: Path, name: str) -> None:
    Vault.create(tmp_path / "other", PASSPHRASE, cost=CHEAP).close()
    shutil.copy(tmp_path / "other" / name, closed_vault / name)
    with pytest.raises(VaultDamaged, match=name):
        reopen()


@pytest.mark.parametrize("keep", [4096, 8192, 5000])
def test_file_cut_short_is_damage(closed_vault: Path, reopen: Reopen, keep: int) -> None:
    os.truncate(closed_vault / "cases.db", keep)
    with pytest.raises(VaultDamaged, match=r"cases\.db"):
        reopen()


def test_every_flipped_bit_is_noticed(closed_vault: Path, reopen: Reopen) -> None:
    path = closed_vault / "cases.db"
    sound = path.read_bytes()
    for position in range(7, len(sound), len(sound) // 25):
        path.write_bytes(sound[:position] + bytes([sound[position] ^ 4]) + sound[position + 1:])
        with pytest.raises(VaultDamaged):
            reopen().close()
    path.write_bytes(sound)
    reopen().close()


def test_file_of_a_newer_version(closed_vault: Path, reopen: Reopen) -> None:
    with reopen() as vault:
        database = vault._databases[0]
        with database.transaction():
            database.write("PRAGMA user_version = 999")
    with pytest.raises(VaultTooNew):
        reopen()


@pytest.mark.parametrize("left", [*DATABASES, "vault.slots"])
def test_creating_over_a_vault_or_its_remains_is_refused(closed_vault: Path, left: str) -> None:
    for path in closed_vault.iterdir():
        if path.name != left:
            path.unlink()
    before = (closed_vault / left).read_bytes()
    with pytest.raises(VaultExists):
        Vault.create(closed_vault, PASSPHRASE, cost=CHEAP)
    assert (closed_vault / left).read_bytes() == before


def test_creation_that_was_killed_can_be_repeated(closed_vault: Path, reopen: Reopen) -> None:
    (closed_vault / "vault.slots").unlink()
    (closed_vault / CREATING_FILE).touch()
    assert not Vault.exists(closed_vault)
    Vault.create(closed_vault, PASSPHRASE, cost=CHEAP).close()
    assert not (closed_vault / CREATING_FILE).exists()
    reopen().close()


def test_marker_left_behind_never_costs_a_finished_vault(closed_vault: Path, reopen: Reopen) -> None:
    (closed_vault / CREATING_FILE).touch()
    with pytest.raises(VaultExists):
        Vault.create(closed_vault, PASSPHRASE, cost=CHEAP)
    reopen().close()
    assert not (closed_vault / CREATING_FILE).exists()


def test_short_passphrase_makes_no_vault(folder: Path) -> None:
    with pytest.raises(PassphraseTooShort):
        Vault.create(folder, "lantern", cost=CHEAP)
    assert not folder.exists()


def test_second_process_is_told_that_the_vault_is_open(vault: Vault, folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from desktop.errors import VaultBusy\n"
        "from desktop.store.vault import Vault\n"
        "try: Vault.open(Path(sys.argv[1]), 'never reached')\n"
        "except VaultBusy as error: print(error.code)"
    )
    command = [sys.executable, "-c", script, str(folder)]
    other = subprocess.run(command, capture_output=True, text=True, check=True, cwd=CHECKOUT)
    assert other.stdout.strip() == VaultBusy.code
    with pytest.raises(VaultBusy):
        Vault.open(folder, PASSPHRASE, floor=CHEAP)


def test_closing_lets_the_next_one_in(vault: Vault, reopen: Reopen) -> None:
    vault.close()
    vault.close()
    reopen().close()
