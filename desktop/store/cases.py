# SPDX-License-Identifier: Apache-2.0
"""The cases compartment: incidents, the suggestions made for them, and unsaved drafts.

Deleting marks; `erase_incident` really removes. Saving and deleting are one operation, "make this incident be as
given (or absent)", whose inverse is the same operation with the former state: that is the whole of undo.
"""

from __future__ import annotations

import json
from functools import partial

from desktop.domain.change import Change
from desktop.domain.incident import Incident, IncidentId, Party, Suggestion
from desktop.store.connection import Database, Row

MAX_SEARCH_WORDS = 20
_INCIDENT = "id, narrative, grade_band, location, parties, created_at, updated_at, flags, severity"
_SUGGESTION = "id, incident_id, created_at, model, adapter, level, codes, reasoning, sections, rubric_total"


class CasesStore:
    """Typed access to cases.db. Called on the store thread; so are the `undo`s of the changes it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save_incident(self, incident: Incident) -> Change:
        """Add the incident, or replace the one with its id."""
        return self._put_incident(incident.id, incident, "Save incident")

    def delete_incident(self, incident_id: IncidentId) -> Change:
        """Hide the incident and its suggestions; `undo` brings them back."""
        return self._put_incident(incident_id, None, "Delete incident")

    def erase_incident(self, incident_id: IncidentId) -> Change:
        """Remove the incident, its suggestions and its words in the search index. Cannot be undone."""
        with self._database.transaction():
            self._forget_words(incident_id)
            self._database.write("DELETE FROM incident WHERE id = ?", (incident_id,))
        return Change(frozenset({"incident", "suggestion"}), "Erase incident")

    def incident(self, incident_id: IncidentId) -> Incident | None:
        """The incident, or None when there is none (or it is deleted)."""
        rows = self._database.read(
            f"SELECT {_INCIDENT} FROM incident WHERE id = ? AND is_deleted = 0", (incident_id,)
        )
        return _incident(rows[0]) if rows else None

    def incidents(self, search: str = "") -> list[Incident]:
        """All incidents, last changed first; with `search`, those holding every word of it (or its beginning)."""
        if not search.strip():
            rows = self._database.read(
                f"SELECT {_INCIDENT} FROM incident WHERE is_deleted = 0 ORDER BY updated_at DESC, seq DESC"
            )
            return [_incident(row) for row in rows]
        query = match_expression(search)
        if not query:
            return []
        rows = self._database.read(
            f"SELECT {_INCIDENT} FROM incident WHERE is_deleted = 0 AND seq IN "
            "(SELECT rowid FROM incident_words WHERE incident_words MATCH ?) ORDER BY updated_at DESC, seq DESC",
            (query,),
        )
        return [_incident(row) for row in rows]

    def save_suggestion(self, suggestion: Suggestion) -> Change:
        """Keep a suggestion with its (saved) incident, or replace the one with its id."""
        return self._put_suggestion(suggestion.id, suggestion, "Save suggestion")

    def delete_suggestion(self, suggestion_id: str) -> Change:
        """Remove a suggestion."""
        return self._put_suggestion(suggestion_id, None, "Delete suggestion")

    def suggestions(self, incident_id: IncidentId) -> list[Suggestion]:
        """The suggestions of an incident, newest first."""
        rows = self._database.read(
            f"SELECT {_SUGGESTION} FROM suggestion WHERE incident_id = ? ORDER BY created_at DESC, seq DESC",
            (incident_id,),
        )
        return [_suggestion(row) for row in rows]

    def save_draft(self, key: str, text: str) -> None:
        """Keep unsaved text under `key` (a page and what it shows)."""
        with self._database.transaction():
            self._database.write(
                "INSERT INTO draft (key, text) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET text = excluded.text",
                (key, text),
            )

    def draft(self, key: str) -> str:
        """The kept text, or "" when there is none."""
        rows = self._database.read("SELECT text FROM draft WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else ""

    def clear_draft(self, key: str) -> None:
        """Forget the kept text."""
        with self._database.transaction():
            self._database.write("DELETE FROM draft WHERE key = ?", (key,))

    def _put_incident(self, incident_id: IncidentId, wanted: Incident | None, label: str) -> Change:
        before = self.incident(incident_id)
        if before == wanted:
            return Change(frozenset(), label)
        with self._database.transaction():
            if wanted is None:
                self._database.write("UPDATE incident SET is_deleted = 1 WHERE id = ?", (incident_id,))
            else:
                self._write_incident(wanted)
        kinds = frozenset({"incident"} if before and wanted else {"incident", "suggestion"})
        return Change(kinds, label, partial(self._put_incident, incident_id, before, label))

    def _write_incident(self, incident: Incident) -> None:
        self._forget_words(incident.id)
        self._database.write(
            f"INSERT INTO incident ({_INCIDENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "narrative = excluded.narrative, grade_band = excluded.grade_band, location = excluded.location, "
            "parties = excluded.parties, created_at = excluded.created_at, updated_at = excluded.updated_at, "
            "flags = excluded.flags, severity = excluded.severity, is_deleted = 0",
            (incident.id, incident.narrative, incident.grade_band, incident.location, _parties_text(incident),
             incident.created_at, incident.updated_at, json.dumps(incident.flags), incident.severity),
        )
        words = "\n".join([incident.narrative, incident.location or "", *(party.name for party in incident.parties)])
        self._database.write(
            "INSERT INTO incident_words (rowid, text) SELECT seq, ? FROM incident WHERE id = ?", (words, incident.id)
        )

    def _forget_words(self, incident_id: IncidentId) -> None:
        self._database.write(
            "DELETE FROM incident_words WHERE rowid IN (SELECT seq FROM incident WHERE id = ?)", (incident_id,)
        )

    def _put_suggestion(self, suggestion_id: str, wanted: Suggestion | None, label: str) -> Change:
        rows = self._database.read(f"SELECT {_SUGGESTION} FROM suggestion WHERE id = ?", (suggestion_id,))
        before = _suggestion(rows[0]) if rows else None
        if before == wanted:
            return Change(frozenset(), label)
        with self._database.transaction():
            self._database.write("DELETE FROM suggestion WHERE id = ?", (suggestion_id,))
            if wanted is not None:
                self._database.write(
                    f"INSERT INTO suggestion ({_SUGGESTION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    _suggestion_row(wanted),
                )
        return Change(frozenset({"suggestion"}), label, partial(self._put_suggestion, suggestion_id, before, label))


def match_expression(search: str) -> str:
    """What a person typed as an FTS5 query: every word quoted (so nothing is an operator) and taken as a beginning.

    "" when no word is in it.
    """
    words = [word.replace("\x00", "").replace('"', '""') for word in search.split()]
    with_letters = [word for word in words if any(character.isalnum() for character in word)]
    return " ".join(f'"{word}"*' for word in with_letters[:MAX_SEARCH_WORDS])


def _incident(row: Row) -> Incident:
    parties = tuple(Party(name, role, grade) for name, role, grade in json.loads(row[4]))
    flags = tuple(json.loads(row[7]))
    return Incident(IncidentId(row[0]), row[1], row[2], row[3], parties, row[5], row[6], flags, row[8])


def _parties_text(incident: Incident) -> str:
    return json.dumps([[party.name, party.role, party.grade] for party in incident.parties])


def _suggestion(row: Row) -> Suggestion:
    return Suggestion(
        id=row[0], incident_id=IncidentId(row[1]), created_at=row[2], model=row[3], adapter=row[4], level=row[5],
        codes=tuple(json.loads(row[6])), reasoning=row[7], sections=json.loads(row[8]), rubric_total=row[9],
    )


def _suggestion_row(suggestion: Suggestion) -> Row:
    return (
        suggestion.id, suggestion.incident_id, suggestion.created_at, suggestion.model, suggestion.adapter,
        suggestion.level, json.dumps(suggestion.codes), suggestion.reasoning, json.dumps(suggestion.sections),
        suggestion.rubric_total,
    )
