# SPDX-License-Identifier: Apache-2.0
"""One SQLCipher file: keying, settings, transactions, and the conversion of its errors.

Decisions.
- Raw 256-bit key. A key of another length would silently be taken for a passphrase, so the length is asserted. The
  library quotes the key in an exception when the statement is malformed: no foreign exception leaves this file, not
  even as `__context__`; what is raised instead has a constant text.
- `journal_mode=TRUNCATE`, `synchronous=EXTRA`. Turned down: write-ahead logging (one flipped bit in the log loses
  committed rows, and no check notices) and SQLite's default (a power cut can lose an acknowledged commit).
- The connection is opened with `check_same_thread=False` and guarded by a lock. It is meant for one thread; the lock is
  there so that a second one waits for the end of a transaction and then meets `WriteOutsideTransaction`.
- Outside `transaction()` the connection is `query_only`: a write through `read()` fails too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlcipher3 import dbapi2

from desktop.errors import (
    BugError,
    CirclekeeperError,
    DiskFull,
    NotSaved,
    VaultBusy,
    VaultDamaged,
    VaultNotWritable,
    WriteOutsideTransaction,
    vault_error_from,
)

KEY_BYTES = 32
PLAIN_HEADER = b"SQLite format 3\x00"
_BEFORE_KEY = ("cipher_log_level = NONE", "cipher_memory_security = ON")
#: (setting, value, what reading it back must give); None: it means something on macOS only and is not checked.
_SETTINGS: tuple[tuple[str, str, object], ...] = (
    ("locking_mode", "EXCLUSIVE", "exclusive"),
    ("journal_mode", "TRUNCATE", "truncate"),
    ("synchronous", "EXTRA", 3),
    ("fullfsync", "ON", None),
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("temp_store", "MEMORY", 2),
)

Row = tuple[Any, ...]
T = TypeVar("T")


class Database:
    """An open, keyed, checked SQLCipher file. Make one with `create_database` or `open_database`."""

    def __init__(self, connection: dbapi2.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._lock = threading.RLock()
        self._is_writing = False

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        with self._lock:
            return self._run(lambda: self._connection.execute(sql, _bindable(parameters)).fetchall())

    def write(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one changing statement inside `transaction()`; return the rowid of the last inserted row (or 0)."""
        with self._lock:
            if not self._is_writing:
                raise WriteOutsideTransaction
            return self._run(lambda: self._connection.execute(sql, _bindable(parameters)).lastrowid or 0)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes of the block are durable when it ends, or none of them happened. Does not nest."""
        with self._lock:
            if self._is_writing:
                raise BugError("a transaction inside a transaction")
            self._begin()
            try:
                yield
                self._run(lambda: self._connection.execute("COMMIT"))
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._end()

    def damage(self) -> list[str]:
        """Page-level and structural complaints about the file; empty when it is sound."""
        with self._lock:
            complaints = self.read("PRAGMA cipher_integrity_check") + self.read("PRAGMA quick_check(5)")
        return [str(row[0]) for row in complaints if row[0] != "ok"]

    def close(self) -> None:
        """Close the file. Calling it again does nothing."""
        with self._lock:
            self._run(self._connection.close)

    def _begin(self) -> None:
        self._run(lambda: self._connection.execute("PRAGMA query_only = OFF"))
        self._is_writing = True
        try:
            self._run(lambda: self._connection.execute("BEGIN IMMEDIATE"))
        except CirclekeeperError:
            self._end()
            raise

    def _end(self) -> None:
        self._is_writing = False
        self._run(lambda: self._connection.execute("PRAGMA query_only = ON"))

    def _roll_back(self) -> None:
        # After some errors (disk full) SQLite has rolled back already, and a second ROLLBACK would be an error.
        if self._connection.in_transaction:
            self._run(lambda: self._connection.execute("ROLLBACK"))

    def _run(self, action: Callable[[], T]) -> T:
        return _converted(action, self._name)


def create_database(path: Path, key: bytes) -> Database:
    """Make a new, empty, keyed file. The caller knows that nothing stands at `path`."""
    database = _connect(path, key, "rwc")
    try:
        path.chmod(0o600)
    except OSError as error:
        database.close()
        raise vault_error_from(error) from None
    return database


def open_database(path: Path, key: bytes) -> Database:
    """Open an existing file and check its structure. Everything that is not a sound file of ours is `VaultDamaged`."""
    _require_encrypted_file(path)
    database = _connect(path, key, "rw")
    rows: list[Row] = []
    try:
        rows = database.read("PRAGMA quick_check(1)")
    finally:
        if rows != [("ok",)]:
            database.close()
    if rows != [("ok",)]:
        raise _damaged(path.name)
    return database


def _require_encrypted_file(path: Path) -> None:
    """A missing or empty file would be opened as a new, empty database: both are damage, and so is a plain one."""
    try:
        with open(path, "rb") as file:
            header = file.read(len(PLAIN_HEADER))
    except FileNotFoundError:
        raise VaultDamaged(f"The vault is damaged: {path.name} is missing; restore a backup.") from None
    except OSError as error:
        raise vault_error_from(error) from None
    if not header:
        raise VaultDamaged(f"The vault is damaged: {path.name} is empty; restore a backup.")
    if header == PLAIN_HEADER:
        raise VaultDamaged(f"The vault is damaged: {path.name} is not an encrypted file; restore a backup.")


def _connect(path: Path, key: bytes, mode: str) -> Database:
    if len(key) != KEY_BYTES:
        raise BugError("a database key of the wrong length")
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = _converted(
        lambda: dbapi2.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=0), path.name
    )
    try:
        _set_key(connection, key, path.name)
        _apply_settings(connection, path.name)
    except BaseException:
        connection.close()
        raise
    return Database(connection, path.name)


def _set_key(connection: dbapi2.Connection, key: bytes, name: str) -> None:
    def set_it() -> tuple[list[Row], list[Row]]:
        for setting in _BEFORE_KEY:
            connection.execute(f"PRAGMA {setting}")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_schema")  # the first read proves the key
        return (connection.execute("PRAGMA cipher_version").fetchall(),
                connection.execute("PRAGMA cipher_status").fetchall())

    version, status = _converted(set_it, name)
    if not version or not version[0][0] or status != [("1",)]:
        raise BugError("the database library does not encrypt")


def _apply_settings(connection: dbapi2.Connection, name: str) -> None:
    for setting, value, expected in _SETTINGS:
        rows = _converted(partial(_set_and_read_back, connection, setting, value), name)
        if expected is not None and rows != [(expected,)]:
            raise BugError(f"the database refused the setting {setting}")
    _converted(lambda: connection.execute("PRAGMA query_only = ON"), name)


def _set_and_read_back(connection: dbapi2.Connection, setting: str, value: str) -> list[Row]:
    connection.execute(f"PRAGMA {setting} = {value}").fetchall()
    rows: list[Row] = connection.execute(f"PRAGMA {setting}").fetchall()
    return rows


def _converted(action: Callable[[], T], name: str) -> T:
    """Run `action`; raise our own error for the library's. Raised outside `except`, so that nothing is chained."""
    try:
        return action()
    except dbapi2.Error as error:
        failure = _failure(getattr(error, "sqlite_errorname", "") or "", name)
    raise failure


def _failure(sqlite_name: str, name: str) -> CirclekeeperError:
    if sqlite_name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return _damaged(name)
    if sqlite_name.startswith("SQLITE_FULL"):
        return DiskFull()
    if sqlite_name.startswith("SQLITE_IOERR"):
        return NotSaved()
    if sqlite_name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return VaultBusy()
    if sqlite_name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_READONLY_D", "SQLITE_READONLY_C")):
        return VaultNotWritable()
    if sqlite_name == "SQLITE_READONLY":
        return WriteOutsideTransaction()
    return BugError(f"a database statement failed: {sqlite_name or 'misuse'}")


def _damaged(name: str) -> VaultDamaged:
    return VaultDamaged(
        f"The vault is damaged: {name} was altered, cut short or belongs to another vault; restore a backup."
    )


def _bindable(parameters: Sequence[object]) -> list[object]:
    """Half of a surrogate pair (broken pasted text) cannot be stored; it becomes a question mark."""
    return [
        value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value for value in parameters
    ]
