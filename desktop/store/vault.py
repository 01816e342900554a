# SPDX-License-Identifier: Apache-2.0
"""A vault is one folder: `vault.slots` (sealed keys), `cases.db`, `library.db`, `vault.lock`.

Opening, in this order: folder and files there? -> lock -> unseal the key file -> each database: present, encrypted,
keyed, sound -> its identity (vault and compartment) -> migrations. A missing or foreign file is damage, never a reason
to start afresh: an empty database in the place of a lost one would look like lost incidents, or worse, like none.

Creating writes the key file last and stands under the marker `vault.creating` until everything is on the disk. A
folder with the marker and without a key file is a creation that was killed before anything could be saved in it; it
is the only state in which files are cleared away. This module alone joins the store with the keys (`desktop.secrets`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from desktop.errors import NotAVault, VaultDamaged, VaultExists, vault_error_from
from desktop.secrets import slots
from desktop.secrets.keys import VaultKeys, new_keys
from desktop.secrets.passphrase import FLOOR, Argon2Cost, calibrated_cost, require_long_enough
from desktop.store import migrations
from desktop.store.cases import CasesStore
from desktop.store.connection import Database, create_database, open_database
from desktop.store.library import LibraryStore
from desktop.store.lock import VaultLock

SLOTS_FILE = "vault.slots"
CASES_FILE = "cases.db"
LIBRARY_FILE = "library.db"
CREATING_FILE = "vault.creating"
_FILES = (SLOTS_FILE, CASES_FILE, LIBRARY_FILE)
_SWEPT = (CASES_FILE, f"{CASES_FILE}-journal", LIBRARY_FILE, f"{LIBRARY_FILE}-journal", f"{SLOTS_FILE}.new")


class Vault:
    """An open vault. Use `create` or `open`; close it on the thread that uses it."""

    def __init__(self, lock: VaultLock, cases: Database, library: Database) -> None:
        self._lock = lock
        self._databases = (cases, library)
        self.cases = CasesStore(cases)
        self.library = LibraryStore(library)

    @classmethod
    def exists(cls, folder: Path) -> bool:
        """True when a vault, or anything that is left of one, stands in the folder: then it is opened, not created."""
        return not _is_unfinished(folder) and any(os.path.exists(folder / name) for name in _FILES)

    @classmethod
    def create(cls, folder: Path, passphrase: str, *, cost: Argon2Cost | None = None) -> Vault:
        """Make a vault in an empty or new folder and open it. `cost` is given only by tests."""
        require_long_enough(passphrase)
        _make_folder(folder)
        lock = VaultLock(folder)
        return _releasing(lock, lambda: cls._create_locked(folder, passphrase, cost or calibrated_cost(), lock))

    @classmethod
    def open(cls, folder: Path, passphrase: str, *, floor: Argon2Cost = FLOOR) -> Vault:
        """Open a vault. Raises the errors of `desktop.errors`; `floor` is given only by tests."""
        if not cls.exists(folder):
            raise NotAVault
        lock = VaultLock(folder)
        return _releasing(lock, lambda: cls._open_locked(folder, passphrase, floor, lock))

    def damage(self) -> list[str]:
        """Read every page of both files and return the complaints; empty when all is sound."""
        return [complaint for database in self._databases for complaint in database.damage()]

    def close(self) -> None:
        """Close both files and give the lock up. Calling it again does nothing."""
        try:
            for database in self._databases:
                database.close()
        finally:
            self._lock.release()

    def __enter__(self) -> Vault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @classmethod
    def _create_locked(cls, folder: Path, passphrase: str, cost: Argon2Cost, lock: VaultLock) -> Vault:
        if cls.exists(folder):
            raise VaultExists
        keys = new_keys()
        _begin_creation(folder)
        vault = cls._open_databases(folder, keys, lock, is_new=True)
        try:
            slots.write_durably(folder / SLOTS_FILE, slots.seal(keys, passphrase, cost))
            _end_creation(folder)
        except BaseException:
            vault.close()
            raise
        return vault

    @classmethod
    def _open_locked(cls, folder: Path, passphrase: str, floor: Argon2Cost, lock: VaultLock) -> Vault:
        keys = slots.unseal(_read_slots(folder), passphrase, floor)
        _end_creation(folder)
        return cls._open_databases(folder, keys, lock, is_new=False)

    @classmethod
    def _open_databases(cls, folder: Path, keys: VaultKeys, lock: VaultLock, *, is_new: bool) -> Vault:
        connect = create_database if is_new else open_database
        with ExitStack() as on_failure:
            cases = connect(folder / CASES_FILE, keys.cases_database_key())
            on_failure.callback(cases.close)
            _prepare(cases, migrations.CASES, CASES_FILE, keys, is_new=is_new)
            library = connect(folder / LIBRARY_FILE, keys.library_database_key())
            on_failure.callback(library.close)
            _prepare(library, migrations.LIBRARY, LIBRARY_FILE, keys, is_new=is_new)
            on_failure.pop_all()
        return cls(lock, cases, library)


def _releasing(lock: VaultLock, action: Callable[[], Vault]) -> Vault:
    try:
        return action()
    except BaseException:
        lock.release()
        raise


def _prepare(
    database: Database, steps: tuple[migrations.Step, ...], name: str, keys: VaultKeys, *, is_new: bool
) -> None:
    """Bring the schema up to date; a new file is given its identity, another's (or one without) is refused."""
    if not is_new:
        _require_identity(database, name, keys)
    migrations.migrate(database, steps)
    if is_new:
        with database.transaction():
            database.write("INSERT INTO meta (key, value) VALUES ('vault_id', ?), ('file', ?)",
                           (keys.vault_id.hex(), name))


def _require_identity(database: Database, name: str, keys: VaultKeys) -> None:
    has_meta = database.read("SELECT 1 FROM sqlite_schema WHERE name = 'meta'")
    written: dict[str, str] = dict(database.read("SELECT key, value FROM meta")) if has_meta else {}
    if (written.get("vault_id"), written.get("file")) != (keys.vault_id.hex(), name):
        raise VaultDamaged(f"The vault is damaged: {name} belongs to another vault; restore a backup.")


def _read_slots(folder: Path) -> bytes:
    try:
        with open(folder / SLOTS_FILE, "rb") as file:
            return file.read(slots.MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise VaultDamaged(
            "The vault is damaged: its key file (vault.slots) is missing; restore it from a backup."
        ) from None
    except OSError as error:
        raise vault_error_from(error) from None


def _is_unfinished(folder: Path) -> bool:
    return os.path.exists(folder / CREATING_FILE) and not os.path.exists(folder / SLOTS_FILE)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise vault_error_from(error) from None


def _begin_creation(folder: Path) -> None:
    """Put the marker down and clear what a killed creation left (nothing could be saved in it: module docstring)."""
    try:
        (folder / CREATING_FILE).touch(0o600)
        slots.sync_folder(folder)
        for name in _SWEPT:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise vault_error_from(error) from None


def _end_creation(folder: Path) -> None:
    """Take the marker away: from now on a missing key file is damage."""
    marker = folder / CREATING_FILE
    if not os.path.lexists(marker):
        return
    try:
        marker.unlink()
        slots.sync_folder(folder)
    except OSError as error:
        raise vault_error_from(error) from None
