# SPDX-License-Identifier: Apache-2.0
"""Retrieval finds the sample school's right passage for everyday wordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.practice import retrieval
from trainer.practice.case import Account, Case, Party
from trainer.practice.citations import Passage, split_policy

SCHOOL = Path(__file__).parents[2] / "assets" / "sample-school"
POLICIES = sorted((SCHOOL / "policies").glob("*.md"))
PASSAGES = [p for path in POLICIES for p in split_policy(path.stem, path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("query", "wanted"), [
    ("Student A shoved Student B during rough play at recess", "conduct-2.2"),
    ("a fight at the lockers, both students were separated", "conduct-2.3"),
    ("took earbuds out of a bag, the property was returned", "conduct-3.1"),
    ("damaged the coat and books with paint, wants to mend or replace them", "conduct-3.2"),
    ("vaping in the restroom", "conduct-5.2"),
    ("the essay was copied and the work written by a machine", "conduct-4.3"),
    ("hurtful pictures were posted in the group chat", "conduct-4.4"),
    ("bullying by older students, repeated for weeks", "safety-3.1"),
    ("the student fears payback for reporting", "safety-4.1"),
    ("returning to class after a removal, missed work", "restorative-5.2"),
    ("nobody saved a seat at the cafeteria tables", "conduct-3.3"),
])
def test_the_right_passage_is_among_the_first_three(query: str, wanted: str) -> None:
    assert wanted in [p.id for p in retrieval.retrieve(query, PASSAGES)]


def test_limit_order_and_empty_inputs() -> None:
    assert len(retrieval.retrieve("student class adult", PASSAGES, 5)) == 5
    assert retrieval.retrieve("zzzz qqqq", PASSAGES) == []
    assert retrieval.retrieve("", PASSAGES) == [] and retrieval.retrieve("bus", []) == []
    assert retrieval.retrieve("the and of with", PASSAGES) == []
    same = [Passage("a-1", "", "A bus ride."), Passage("a-2", "", "A bus ride.")]
    assert [p.id for p in retrieval.retrieve("bus", same)] == ["a-1", "a-2"]


def test_word_forms_meet() -> None:
    for one, other in [("vaping", "vape"), ("threats", "threat"), ("bullied", "bully"), ("apologies", "apology"),
                       ("stopped", "stop"), ("excluded", "exclude"), ("classes", "class"), ("agreements", "agreement")]:
        assert retrieval.stems(one) == retrieval.stems(other), (one, other)


def test_the_query_of_a_case_has_its_words_and_no_names() -> None:
    case = Case("Ana took Ben's ball. BEN cried.", location="gym",
                parties=(Party("Ana", "caused_harm"), Party("Ben", "harmed")),
                accounts=(Account("Ben", "It was my ball, said Ben."),))
    query = retrieval.case_query(case).lower()
    assert "ball" in query and "gym" in query and "cried" in query
    assert "ana" not in query.split() and "ben" not in query
