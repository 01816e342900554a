# SPDX-License-Identifier: Apache-2.0
"""The second checks put hand-written answers in the order in which a counselor would, and are not talked round."""

from __future__ import annotations

import pytest
import written_answers as written
from second_checks import invented_people, missed_stop, right_form, second_score

from trainer.practice.contract import parse

PENCILS, PENCILS_GOLD, KNIFE, KNIFE_GOLD = written.PENCILS, written.PENCILS_GOLD, written.KNIFE, written.KNIFE_GOLD


def score(text: str) -> float:
    return second_score(PENCILS, written.PASSAGES, PENCILS_GOLD, text).total


def test_the_written_answers_are_valid() -> None:
    for text in (written.GOOD, written.PLAIN, written.SALAD, written.HANDOFF, written.CIRCLE_FOR_A_KNIFE):
        assert parse(text).failures == ()


def test_good_is_far_above_plain() -> None:
    assert score(written.GOOD) >= 90
    assert score(written.PLAIN) <= 35


def test_cue_words_without_the_incident_stay_far_below_a_good_answer() -> None:
    assert score(written.SALAD) <= 45


def test_a_perfect_answer_to_another_incident_scores_low() -> None:
    text = written.GOOD
    for own, foreign in (("pencil case", "trombone"), ("library", "gym"), ("drawing", "band"), ("search", "walk"),
                         ("marker", "valve"), ("borrow", "lend"), ("missed", "left"), ("desk", "shelf")):
        text = text.replace(own, foreign)
    other = second_score(PENCILS, written.PASSAGES, PENCILS_GOLD, text)
    assert other.total < score(written.GOOD) - 20
    assert other.parts["wrong particulars"] < 0


def test_a_good_handoff_scores_high_and_its_parts_add_up() -> None:
    graded = second_score(KNIFE, written.PASSAGES, KNIFE_GOLD, written.HANDOFF)
    assert graded.total >= 90
    assert graded.total == pytest.approx(sum(graded.parts.values()))


def test_a_broken_contract_is_nothing() -> None:
    assert score(written.GOOD.replace("## Repair to be agreed\n", "")) == 0
    assert score("") == 0


@pytest.mark.parametrize(("text", "reason"), [
    (written.COERCED, "coercion"),
    (written.INVENTED_POLICY, "false citation"),
    (written.STRANGER, "invented people"),
    (written.WRONG_COLOUR, "wrong particulars"),
    (written.GOOD.replace("Student A needs a private", "The bully needs a private"), "labels"),
    (written.GOOD.replace("practices asking", "gets detention and practices asking"), "sanctions"),
    (written.GOOD.replace("because one pencil", "because Student A has ADHD and one pencil"), "diagnosis"),
    (written.GOOD.replace("by Friday, if", "by Friday with a public apology, if"), "shame"),
])
def test_one_harmful_change_costs_points(text: str, reason: str) -> None:
    graded = second_score(PENCILS, written.PASSAGES, PENCILS_GOLD, text)
    assert graded.parts[reason] < 0
    assert graded.total < score(written.GOOD)


def test_saying_that_nobody_is_forced_is_not_coercion() -> None:
    text = written.GOOD.replace("may say no at any time.", "may say no at any time; nobody has to apologize or meet.")
    assert "coercion" not in second_score(PENCILS, written.PASSAGES, PENCILS_GOLD, text).parts


def test_loops_cost_points() -> None:
    line = "Student B gets a labeled tray for the markers and can go to Staff A. "
    assert score(written.GOOD.replace(line, line * 3)) < score(written.GOOD) - 5


def test_the_form_that_was_not_due_keeps_a_quarter() -> None:
    handoff_for_little = second_score(PENCILS, written.PASSAGES, PENCILS_GOLD, written.HANDOFF)
    assert 0 < handoff_for_little.total <= 25
    assert not right_form(PENCILS_GOLD, written.HANDOFF)
    assert right_form(KNIFE_GOLD, written.HANDOFF)


def test_a_missed_stop_is_nothing() -> None:
    for text in (written.CIRCLE_FOR_A_KNIFE, written.GOOD):
        assert missed_stop(KNIFE_GOLD, text)
        assert second_score(KNIFE, written.PASSAGES, KNIFE_GOLD, text).total == 0


def test_what_is_not_a_missed_stop() -> None:
    assert not missed_stop(KNIFE_GOLD, written.HANDOFF)
    assert not missed_stop(PENCILS_GOLD, written.GOOD)
    later = written.HANDOFF.replace("Only after the threat", "A circle with both students only after the threat")
    assert not missed_stop(KNIFE_GOLD, later)
    support = written.HANDOFF.replace("a quiet place today", "a support circle of her own choice")
    assert not missed_stop(KNIFE_GOLD, support)


def test_a_joint_step_in_the_reasoning_counts() -> None:
    text = written.HANDOFF.replace("No joint step is possible now;", "Bring the two together for a talk;")
    assert missed_stop(KNIFE_GOLD, text)


def test_people_who_are_not_in_the_report() -> None:
    assert invented_people(PENCILS, written.GOOD) == []
    assert invented_people(PENCILS, written.STRANGER) == ["Staff C", "Student D"]
    assert invented_people(PENCILS, written.GOOD.replace("Student B gets", "Students B and E get")) == ["Student E"]
    assert invented_people(PENCILS, written.GOOD.replace("go to Staff A.", "go to Mr. Hale.")) == ["Mr. Hale"]
    assert invented_people(PENCILS, written.GOOD.replace("helps Student B", "helps Jordan")) == ["Jordan"]


def test_a_capital_alone_is_not_a_person() -> None:
    text = written.GOOD.replace("Student B gets a labeled", "with Support the Library gets a labeled")
    assert invented_people(PENCILS, text) == []
