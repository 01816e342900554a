# SPDX-License-Identifier: Apache-2.0
"""One SQLCipher file: settings, transactions, and what its errors may not say."""

from __future__ import annotations

import hashlib
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from desktop.domain.incident import IncidentId
from desktop.errors import BugError, DiskFull, VaultDamaged, WriteOutsideTransaction
from desktop.store.cases import CasesStore
from desktop.store.connection import Database, create_database, open_database
from desktop.store.migrations import CASES, LIBRARY, Step, migrate

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
FINGERPRINTS_OF_M001 = ["fc00383195827ee7", "6d2c44407ada90c3"]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = create_database(tmp_path / "some.db", KEY)
    with made.transaction():
        made.write("CREATE TABLE note (text TEXT NOT NULL UNIQUE)")
    yield made
    made.close()


def write_all(database: Database, *notes: str) -> None:
    """Save the notes in one transaction."""
    with database.transaction():
        for note in notes:
            database.write("INSERT INTO note VALUES (?)", (note,))


def chain(error: BaseException) -> str:
    """Everything that a crash report could print: the error, all it is chained to, and their tracebacks."""
    texts: list[str] = []
    link: BaseException | None = error
    while link is not None:
        texts += [repr(link), "".join(traceback.format_exception(link))]
        link = link.__context__ or link.__cause__
    return "".join(texts)


def test_settings_are_in_force(database: Database) -> None:
    wanted = {
        "journal_mode": "truncate", "synchronous": 3, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0,
        "cell_size_check": 1, "temp_store": 2, "locking_mode": "exclusive", "cipher_memory_security": "1",
        "query_only": 1, "cipher_log_level": "NONE",
    }
    assert {name: database.read(f"PRAGMA {name}")[0][0] for name in wanted} == wanted


def test_write_outside_a_transaction_raises(database: Database) -> None:
    with pytest.raises(WriteOutsideTransaction):
        database.write("INSERT INTO note VALUES ('x')")
    with pytest.raises(WriteOutsideTransaction):
        database.read("INSERT INTO note VALUES ('x')")
    assert database.read("SELECT * FROM note") == []


def test_failed_transaction_leaves_nothing_and_the_next_one_works(database: Database) -> None:
    def fail_half_way() -> None:
        with database.transaction():
            database.write("INSERT INTO note VALUES ('x')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert database.read("SELECT * FROM note") == []
    with database.transaction():
        database.write("INSERT INTO note VALUES ('y')")
    assert database.read("SELECT * FROM note") == [("y",)]
    with pytest.raises(WriteOutsideTransaction):
        database.write("INSERT INTO note VALUES ('z')")


def test_transactions_do_not_nest(database: Database) -> None:
    with pytest.raises(BugError), database.transaction(), database.transaction():
        pass
    with database.transaction():
        database.write("INSERT INTO note VALUES ('still usable')")


def test_another_thread_cannot_write_into_an_open_transaction(database: Database) -> None:
    caught: list[BaseException] = []

    def intrude() -> None:
        try:
            database.write("INSERT INTO note VALUES ('intruder')")
        except WriteOutsideTransaction as error:
            caught.append(error)

    with database.transaction():
        intruder = threading.Thread(target=intrude)
        intruder.start()
        database.write("INSERT INTO note VALUES ('mine')")
        intruder.join(0.05)
        assert intruder.is_alive()
    intruder.join()
    assert len(caught) == 1
    assert database.read("SELECT * FROM note") == [("mine",)]


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_key_of_another_length_is_never_taken_for_a_passphrase(tmp_path: Path, length: int) -> None:
    with pytest.raises(BugError):
        create_database(tmp_path / "never.db", bytes(length))
    assert not (tmp_path / "never.db").exists()


def test_wrong_key_says_nothing_of_the_key(database: Database, tmp_path: Path) -> None:
    database.close()
    with pytest.raises(VaultDamaged) as caught:
        open_database(tmp_path / "some.db", OTHER_KEY)
    assert OTHER_KEY.hex() not in chain(caught.value)
    assert "sqlcipher" not in chain(caught.value)


def test_exception_that_quotes_the_key_does_not_get_out(database: Database) -> None:
    malformed = f"PRAGMA key = \"x'{KEY.hex()}'"
    with pytest.raises(dbapi2.Error, match=KEY.hex()):  # what the library does by itself
        dbapi2.connect(":memory:").execute(malformed)
    with pytest.raises(BugError) as caught:
        database.read(malformed)
    assert KEY.hex() not in repr(caught.value)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_failing_statement_says_nothing_of_the_data(database: Database) -> None:
    with pytest.raises(BugError) as caught:
        write_all(database, "CANARY", "CANARY")
    assert "SQLITE_CONSTRAINT" in str(caught.value)
    assert "note" not in str(caught.value)
    assert caught.value.__context__ is None


def test_damaged_file_prints_nothing(database: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "some.db"
    database.close()
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)
    with pytest.raises(VaultDamaged):
        open_database(path, KEY)
    assert capfd.readouterr() == ("", "")


def test_full_database_is_told_and_nothing_before_it_is_lost(database: Database) -> None:
    database.read("PRAGMA max_page_count = 20")
    with pytest.raises(DiskFull):
        write_all(database, "lost with the rest", "x" * 200_000)
    assert database.read("SELECT text FROM note") == []
    with database.transaction():
        database.write("INSERT INTO note VALUES ('after')")


def test_released_schema_steps_are_not_edited() -> None:
    fingerprints = [hashlib.sha256(repr(steps[0]).encode()).hexdigest()[:16] for steps in (CASES, LIBRARY)]
    assert fingerprints == FINGERPRINTS_OF_M001, "write a new step instead of editing a released one"


@pytest.mark.parametrize("taken", range(1, len(CASES)))
def test_an_incident_of_every_earlier_version_is_read(tmp_path: Path, taken: int) -> None:
    old = create_database(tmp_path / "old.db", KEY)
    migrate(old, CASES[:taken])
    with old.transaction():
        old.write(
            "INSERT INTO incident (id, narrative, parties, created_at, updated_at) VALUES ('i', 'quarrel', '[]', ?, ?)",
            ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
        )
    migrate(old, CASES)
    read = CasesStore(old).incident(IncidentId("i"))
    assert read is not None and (read.narrative, read.flags, read.severity) == ("quarrel", (), None)
    old.close()


@pytest.mark.parametrize("steps", [CASES, LIBRARY])
def test_migration_that_fails_leaves_the_old_version(tmp_path: Path, steps: tuple[Step, ...]) -> None:
    broken = (*steps, ("CREATE TABLE extra (a)", "CREATE TABLE meta (a)"))
    made = create_database(tmp_path / "m.db", KEY)
    with pytest.raises(BugError):
        migrate(made, broken)
    assert made.read("PRAGMA user_version") == [(len(steps),)]
    assert made.read("SELECT 1 FROM sqlite_schema WHERE name = 'extra'") == []
    migrate(made, steps)
    made.close()
