# SPDX-License-Identifier: Apache-2.0
"""The schema of both files as a list of steps that is only ever appended to.

`PRAGMA user_version` says how many steps a file has taken. A step and its number are written in one transaction, so a
kill leaves the old version or the new one. A released step is never edited (a test holds its fingerprint): a change is
a new step. Search text stands in an FTS5 table of its own with `secure-delete`, so that deleted words leave the index.
"""

from __future__ import annotations

from desktop.errors import VaultTooNew
from desktop.store.connection import Database

Step = tuple[str, ...]

_META = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"

m001_incidents: Step = (
    _META,
    """CREATE TABLE incident (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        narrative TEXT NOT NULL,
        grade_band TEXT,
        location TEXT,
        parties TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        is_deleted INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    "CREATE VIRTUAL TABLE incident_words USING fts5(text, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')",
    "INSERT INTO incident_words (incident_words, rank) VALUES ('secure-delete', 1)",
    """CREATE TABLE suggestion (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        incident_id TEXT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
        created_at TEXT NOT NULL,
        model TEXT NOT NULL,
        adapter TEXT,
        level TEXT NOT NULL,
        codes TEXT NOT NULL,
        reasoning TEXT NOT NULL,
        sections TEXT NOT NULL,
        rubric_total REAL
    ) STRICT""",
    "CREATE INDEX suggestion_by_incident ON suggestion (incident_id, seq)",
    "CREATE TABLE draft (key TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID",
)

m001_library: Step = (
    _META,
    """CREATE TABLE policy (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        markdown TEXT NOT NULL
    ) STRICT""",
    "CREATE TABLE scenario (seq INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL) STRICT",
    """CREATE TABLE adapter (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL,
        base_sha256 TEXT NOT NULL,
        seed INTEGER NOT NULL,
        score_before REAL,
        score_after REAL,
        note TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE adapter_file (
        adapter_id TEXT PRIMARY KEY REFERENCES adapter (id) ON DELETE CASCADE,
        gguf BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE run (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL,
        state TEXT NOT NULL,
        base_sha256 TEXT NOT NULL,
        seed INTEGER NOT NULL,
        steps INTEGER NOT NULL,
        seconds REAL NOT NULL,
        adapter_id TEXT,
        details TEXT NOT NULL
    ) STRICT""",
    "CREATE TABLE checkpoint (run_id TEXT PRIMARY KEY, data BLOB NOT NULL) STRICT",
    "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
)

m002_flags: Step = ("ALTER TABLE incident ADD COLUMN flags TEXT NOT NULL DEFAULT '[]'",)

m003_severity: Step = ("ALTER TABLE incident ADD COLUMN severity INTEGER",)

CASES: tuple[Step, ...] = (m001_incidents, m002_flags, m003_severity)
LIBRARY: tuple[Step, ...] = (m001_library,)


def migrate(database: Database, steps: tuple[Step, ...]) -> None:
    """Take the steps that the file has not taken yet. Raises `VaultTooNew` for a file from a later version."""
    taken = int(database.read("PRAGMA user_version")[0][0])
    if taken > len(steps):
        raise VaultTooNew
    for number, step in enumerate(steps[taken:], start=taken + 1):
        with database.transaction():
            for statement in step:
                database.write(statement)
            database.write(f"PRAGMA user_version = {number}")
