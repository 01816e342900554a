# SPDX-License-Identifier: Apache-2.0
"""Real vaults for the tests, made with the cheapest key derivation; production code never takes these arguments."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.secrets.passphrase import Argon2Cost
from desktop.store.vault import Vault

# The module needs limits that Windows does not have.
collect_ignore = ["test_disk_errors.py"] if sys.platform == "win32" else []

PASSPHRASE = "quiet lantern over water"
CHEAP = Argon2Cost(memory_kib=64, passes=1, lanes=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the vault of a test stands."""
    return tmp_path / "vault"


@pytest.fixture
def reopen(folder: Path) -> Callable[[], Vault]:
    """Open the vault of the test again."""
    return lambda: Vault.open(folder, PASSPHRASE, floor=CHEAP)


@pytest.fixture(scope="session")
def empty_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault that was made and closed; copied for each test, because making one waits for the disk many times."""
    folder = tmp_path_factory.mktemp("made") / "vault"
    Vault.create(folder, PASSPHRASE, cost=CHEAP).close()
    return folder


@pytest.fixture
def closed_vault(empty_vault: Path, folder: Path) -> Path:
    """The folder of a closed vault of this test's own."""
    shutil.copytree(empty_vault, folder)
    return folder


@pytest.fixture
def vault(closed_vault: Path) -> Iterator[Vault]:
    """An open vault."""
    with Vault.open(closed_vault, PASSPHRASE, floor=CHEAP) as opened:
        yield opened
