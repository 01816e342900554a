# SPDX-License-Identifier: Apache-2.0
"""Names come back exactly, however the text is cut."""

from __future__ import annotations

import random

import pytest

from desktop.services.names import NameRestorer
from trainer.practice.prompt import restore_names

NAMES = {"Student A": "Maya", "Student B": "Bo Student", "Staff A": "Mr. Lind", "Student AB": "Zoë"}
TEXTS = [
    "Student A met Student B.",
    "Student A's bag; Student Art, Student ABC, Student AB and xStudent A stay apart. Staff A",
    "Students and Staff are not names, Student",
    "St Stu Student  A Student A",
    "_Student A Student A_ Student A-Student B",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_cut_gives_the_whole(text: str) -> None:
    expected = restore_names(text, NAMES)
    for seed in range(60):
        rng, restorer, out, rest = random.Random(seed), NameRestorer(NAMES), "", text
        while rest:
            size = rng.randint(1, 5)
            out += restorer.feed(rest[:size])
            rest = rest[size:]
        assert out + restorer.finish() == expected


def test_what_is_clear_is_not_held_back() -> None:
    restorer = NameRestorer(NAMES)
    assert restorer.feed("The teacher and Stu") == "The teacher and "
    assert restorer.feed("dent A") == ""  # it could still become "Student AB"
    assert restorer.feed(" sat") == "Maya sat"
    assert NameRestorer({}).feed("Student A") == "Student A"
