# SPDX-License-Identifier: Apache-2.0
"""Incidents, suggestions and drafts: round trips, undo, search."""

from __future__ import annotations

from dataclasses import replace

from made_incidents import incident, suggestion

from desktop.domain.incident import IncidentId
from desktop.store.cases import match_expression
from desktop.store.vault import Vault

HOSTILE = [
    '"', '""', "'", "*", "AND", "OR", "NOT", "NEAR(", "NEAR(a b, 2)", "a AND", "(", ")", "((a", "^a", "-a", "+", "a*b",
    "text:a", "incident_words", "{text}: a", "\x00", "a\x00b", "\\", "%", "_", ";", "--", "/*", "' OR 1=1 --", "\ud800",
    "\U0001f525", "\u202e", "é" * 500, "word " * 5000, "a" * 100_000, "\t\n\v", "(" * 1000, '"' * 999, "1e999", "rowid",
    "x\ud800y", "rank", "\u0301", "²", "\ufdfa",
]


def test_incident_with_odd_text_comes_back_equal(vault: Vault) -> None:
    text = "Zoë’s 鞄 \x00 \U0001f525 'quoted' \"twice\"; DROP TABLE incident"
    odd = incident(text, "Ana-María", "O'Neil", location=None)
    vault.cases.save_incident(odd)
    assert vault.cases.incident(odd.id) == odd
    assert vault.cases.incidents() == [odd]


def test_broken_half_of_a_character_does_not_lose_the_incident(vault: Vault) -> None:
    broken = incident("cut \ud83d here")
    vault.cases.save_incident(broken)
    loaded = vault.cases.incident(broken.id)
    assert loaded is not None
    assert loaded.narrative == "cut ? here"


def test_last_changed_incident_stands_first(vault: Vault) -> None:
    first, second = incident("first"), incident("second")
    for each in (first, second, replace(first, updated_at="2999-01-01T00:00:00Z")):
        vault.cases.save_incident(each)
    assert [each.narrative for each in vault.cases.incidents()] == ["first", "second"]


def test_undo_of_a_new_incident_and_undo_of_that(vault: Vault) -> None:
    saved = incident("A shove in the line.")
    change = vault.cases.save_incident(saved)
    assert "incident" in change.kinds
    assert change.undo is not None
    undone = change.undo()
    assert vault.cases.incidents() == []
    assert undone.undo is not None
    undone.undo()
    assert vault.cases.incident(saved.id) == saved


def test_undo_of_an_edit_brings_the_former_text_back(vault: Vault) -> None:
    saved = incident("A shove in the line.", "Ana")
    vault.cases.save_incident(saved)
    change = vault.cases.save_incident(replace(saved, narrative="Two shoves.", parties=()))
    assert change.undo is not None
    change.undo()
    assert vault.cases.incident(saved.id) == saved
    assert vault.cases.incidents("Ana") == [saved]
    assert vault.cases.incidents("Two") == []


def test_undo_of_a_deletion_brings_the_suggestions_too(vault: Vault) -> None:
    saved = incident("A shove in the line.")
    vault.cases.save_incident(saved)
    kept = suggestion(saved.id)
    vault.cases.save_suggestion(kept)
    change = vault.cases.delete_incident(saved.id)
    assert vault.cases.incident(saved.id) is None
    assert vault.cases.incidents("shove") == []
    assert change.undo is not None
    change.undo()
    assert vault.cases.incidents("shove") == [saved]
    assert vault.cases.suggestions(saved.id) == [kept]


def test_deleting_what_is_not_there_changes_nothing(vault: Vault) -> None:
    change = vault.cases.delete_incident(IncidentId("none"))
    assert change.kinds == frozenset()
    assert change.undo is None


def test_erasing_removes_every_trace(vault: Vault) -> None:
    saved = incident("A shove in the line.")
    vault.cases.save_incident(saved)
    vault.cases.save_suggestion(suggestion(saved.id))
    assert vault.cases.erase_incident(saved.id).undo is None
    database = vault._databases[0]
    for table in ("incident", "suggestion", "incident_words"):
        assert database.read(f"SELECT count(*) FROM {table}") == [(0,)]


def test_suggestions_newest_first_and_undo(vault: Vault) -> None:
    saved = incident("A shove in the line.")
    vault.cases.save_incident(saved)
    first, second = suggestion(saved.id, 1), suggestion(saved.id, 2)
    vault.cases.save_suggestion(first)
    change = vault.cases.save_suggestion(second)
    assert vault.cases.suggestions(saved.id) == [second, first]
    assert change.undo is not None
    again = change.undo()
    assert vault.cases.suggestions(saved.id) == [first]
    assert again.undo is not None
    again.undo()
    assert vault.cases.suggestions(saved.id) == [second, first]


def test_search_finds_beginnings_names_places_without_accents(vault: Vault) -> None:
    saved = incident("The backpack was thrown.", "Zoë Müller", location="Cafeteria")
    other = incident("Words were said.", location="gym")
    for each in (saved, other):
        vault.cases.save_incident(each)
    for query in ("backp", "BACKPACK thrown", "zoe", "muller cafe", "  thrown  ", '"backpack"'):
        assert vault.cases.incidents(query) == [saved]
    assert vault.cases.incidents("backpack gym") == []
    assert len(vault.cases.incidents(" ")) == 2


def test_no_query_text_is_an_error_or_finds_what_it_should_not(vault: Vault) -> None:
    saved = incident("Zebra.", location=None)
    vault.cases.save_incident(saved)
    for query in HOSTILE:
        expected = [] if query.strip() else [saved]
        assert vault.cases.incidents(query) == expected, query[:40]
        assert vault.cases.incidents(f"{query} zebra") in ([], [saved])


def test_operators_are_words(vault: Vault) -> None:
    vault.cases.save_incident(incident("salt"))
    vault.cases.save_incident(incident("pepper"))
    assert vault.cases.incidents("salt OR pepper") == []
    assert match_expression('say "no" *') == '"say"* """no"""*'


def test_draft_is_kept_replaced_and_cleared(vault: Vault) -> None:
    assert vault.cases.draft("incident/new") == ""
    vault.cases.save_draft("incident/new", "half a sen")
    vault.cases.save_draft("incident/new", "half a sentence")
    assert vault.cases.draft("incident/new") == "half a sentence"
    assert vault.cases.draft("incident/other") == ""
    vault.cases.clear_draft("incident/new")
    assert vault.cases.draft("incident/new") == ""


def test_title_is_the_first_words() -> None:
    assert incident("Short one.").title == "Short one."
    long = incident("word\n" * 40).title
    assert len(long) <= 60
    assert long.endswith("word…")
    assert len(incident("x" * 200).title) == 60


def test_ticked_concerns_are_kept(vault: Vault) -> None:
    saved = replace(incident("A shove in the line."), flags=("SUIC", "BULY"))
    vault.cases.save_incident(saved)
    assert vault.cases.incident(saved.id) == saved
