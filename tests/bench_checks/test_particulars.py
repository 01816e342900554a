# SPDX-License-Identifier: Apache-2.0
"""Places, things and times of an answer are right only as the report has them."""

from __future__ import annotations

import pytest
import written_answers as written
from particulars import mentions, particulars, tally

CASE, GOLD = written.PENCILS, written.PENCILS_GOLD


def wrong(text: str) -> list[str]:
    return [one.words for one in mentions(CASE, GOLD, text) if not one.is_right]


def right(text: str) -> list[str]:
    return [one.words for one in mentions(CASE, GOLD, text) if one.is_right]


def test_the_good_answer_has_every_particular_right() -> None:
    found = right(written.GOOD)
    assert wrong(written.GOOD) == []
    assert {"red pencil case", "north library", "tuesday", "third period"} <= set(found)
    assert particulars(CASE, GOLD, written.GOOD) == (len(found), 0)


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("took the red pencil case", "took the blue pencil case", "blue pencil case"),
    ("took the red pencil case", "took the red pencil box", "red pencil box"),
    ("took the red pencil case", "took the red pencilcase", "red pencilcase"),
    ("desk in the north library", "desk in the south library", "south library"),
    ("desk in the north library", "desk in room 12", "room 12"),
    ("on Tuesday during", "on Monday during", "monday"),
    ("on Tuesday during", "last Tuesday during", "last tuesday"),
    ("during third period", "during fifth period", "fifth period"),
    ("during third period", "at recess", "at recess"),
    ("on Tuesday during third period", "on Tuesday at snack period", "at snack period"),
    ("on Tuesday during third period", "after the fire drill on Tuesday", "after the fire drill"),
    ("was only borrowed", "was only borrowed yesterday", "yesterday"),
])
def test_a_changed_particular_is_wrong(old: str, new: str, expected: str) -> None:
    assert old in written.GOOD
    assert wrong(written.GOOD.replace(old, new, 1)) == [expected]


def test_leaving_a_modifier_out_is_not_wrong() -> None:
    assert wrong(written.GOOD.replace("red pencil case", "pencil case").replace("north library", "library")) == []


def test_dates_of_the_plan_are_not_times_of_the_incident() -> None:
    text = written.GOOD.replace("by Friday, if", "by Monday at lunch, if")
    text = text.replace("What Student B wishes", "By Thursday, what Student B wishes")
    assert wrong(text) == []


def test_places_count_in_the_plan_too() -> None:
    assert wrong(written.GOOD.replace("can go to Staff A.", "can go to the wood shop.")) == ["wood shop"]


def test_a_plan_may_bring_in_things_of_its_own() -> None:
    assert wrong(written.GOOD.replace("a labeled tray", "a cash box")) == []
    assert wrong(written.GOOD.replace("a labeled tray", "the cash box")) == ["cash box"]


def test_a_place_beside_a_day_is_a_place_and_not_a_time() -> None:
    text = written.GOOD.replace("on Tuesday during third period", "at the library on Tuesday during third period")
    assert text != written.GOOD and wrong(text) == []


def test_general_words_and_cited_words_are_not_counted() -> None:
    text = written.GOOD.replace("labeled tray", "quiet sign")
    text = text.replace("[conduct-2.1] \"A", "[conduct-2.1] \"On the playground a")
    assert wrong(text) == []


def test_tally_is_the_share_of_right_mentions() -> None:
    assert tally([(3, 1), (0, 0), (1, 1)]) == pytest.approx(100 * 4 / 6)
    assert tally([]) == 100.0
