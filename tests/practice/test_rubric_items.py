# SPDX-License-Identifier: Apache-2.0
"""Every item passes on a very good answer and fails when the words that it asks for are taken away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rubric_item_cases import (
    EVERYWHERE,
    FAILS,
    FULL_FAILS,
    KNOWN,
    LATER,
    NOT,
    NOW,
    PEOPLE,
    POLICY,
    PREPARE,
    REASONING,
    REPAIR,
    RESPONSE,
    SAFETY,
    SUPPORT,
    WHO,
)

from trainer.practice import contract
from trainer.practice.case import Case, parse_case_json
from trainer.practice.citations import split_policy
from trainer.practice.rubric.reading import Reading
from trainer.practice.rubric.result import Rule
from trainer.practice.rubric.score import RULES, WEIGHTS, score

ANSWERS = Path(__file__).resolve().parents[1] / "answers"
PASSAGES = split_policy("conduct", (ANSWERS / "policy.md").read_text(encoding="utf-8"))
INCIDENT = {"full": "pencil-case", "handoff": "goodbye"}
LEVEL = {"full": "CLEAR", "handoff": "STOP"}

#: Other ways to say it: the items do not ask for one wording.
OTHER_WORDS = [
    (
        "full",
        "says_what_was_looked_for",
        SAFETY,
        "I searched the note for signs of danger or bullying and came upon none.",
    ),
    ("full", "names_who_is_told", SAFETY, "Before lunch the dean hears of the missing pencil case from Staff A."),
    (
        "full",
        "two_open_points",
        KNOWN,
        "Still to find out: who else was at the lockers, and how the marker came apart.",
    ),
    (
        "full",
        "separates_known_claimed_unknown",
        KNOWN,
        "A marker lay broken beside the lockers. In Student A's view it was"
        " a joke. Unclear is whether the bag was open.",
    ),
    ("full", "harmed_has_a_need", PEOPLE, "The student who was harmed would like the pencil case back."),
    ("full", "caused_has_a_need", PEOPLE, "Student A deserves a chance to put it right."),
    ("full", "wider_group_is_affected", PEOPLE, "Also affected are the teammates, who now lock everything away."),
    ("full", "names_one_step", RESPONSE, "Try shuttle talks between Student A and Student B."),
    ("full", "names_one_step", RESPONSE, "We suggest a welcome-back meeting for Student A."),
    (
        "full",
        "has_a_fallback",
        RESPONSE,
        "A circle is the idea. Should Student B say no, messages go through an adult.",
    ),
    ("full", "names_a_sign_of_readiness", RESPONSE, "Go on only once both students are calm and say yes."),
    ("full", "may_stop_or_decline", PREPARE, "No penalty follows if either of them, Student A or Student B, says no."),
    ("full", "nobody_is_forced", PREPARE, "No one has to attend; Student A is not required to apologize to anyone."),
    ("full", "asks_both_sides", PREPARE, "Ask Student B first. How was it? Then turn to Student A. What led to it?"),
    (
        "full",
        "says_what_if_not_done",
        REPAIR,
        "Should it slip, the plan is not kept and the counselor finds more help.",
    ),
    ("full", "cause_is_a_guess", SUPPORT, "Perhaps it has to do with the end of a friendship; this should be asked."),
    ("full", "two_dated_checks", SUPPORT, "Staff A talks with both after three days and after six weeks."),
    ("full", "keeps_privacy", SUPPORT, "Do not write down what was said in confidence about the joke."),
    (
        "full",
        "turns_down_an_alternative",
        REASONING,
        "I decided against a conference since it would put Student B on show.",
    ),
    ("handoff", "process_is_withheld", NOT, "Never seat the two together to talk it out."),
    ("handoff", "someone_is_told_now", NOW, "Within the hour, inform the crisis team and the guardian."),
    ("handoff", "reopening_is_conditional", LATER, "Once the psychologist confirms it is safe and both say yes."),
    ("handoff", "names_who_decides", WHO, "The decision rests with the principal."),
]


def case_of(form: str) -> Case:
    return parse_case_json((ANSWERS / INCIDENT[form] / "case.json").read_text(encoding="utf-8"))


def good_answer(form: str) -> contract.Answer:
    return contract.parse((ANSWERS / INCIDENT[form] / "good.md").read_text(encoding="utf-8"))


def changed(form: str, where: str, text: str) -> contract.Answer:
    answer = good_answer(form)
    if where == REASONING:
        return replace(answer, reasoning=text)
    places = answer.sections if where == EVERYWHERE else [where]
    return replace(answer, sections={**answer.sections, **dict.fromkeys(places, text)})


def rule_of(form: str, name: str) -> Rule:
    return next(rule for rule in RULES[form] if rule.name == name)


def passes(form: str, name: str, answer: contract.Answer) -> bool:
    return rule_of(form, name).check(Reading(case_of(form), PASSAGES, LEVEL[form], answer))[0]


ASKED = [(form, rule.name) for form in RULES for rule in RULES[form] if rule.applies is None]


@pytest.mark.parametrize(("form", "name"), ASKED)
def test_item_passes_on_the_good_answer(form: str, name: str) -> None:
    assert passes(form, name, good_answer(form))


@pytest.mark.parametrize(("form", "name"), ASKED)
def test_item_fails_without_its_words(form: str, name: str) -> None:
    where, text = FAILS[form][name]

    assert not passes(form, name, changed(form, where, text))


@pytest.mark.parametrize(("form", "name", "where", "text"), OTHER_WORDS)
def test_item_passes_on_other_words(form: str, name: str, where: str, text: str) -> None:
    assert passes(form, name, changed(form, where, text))


def test_a_stated_need_is_asked_for_only_where_there_is_one() -> None:
    rule = rule_of("full", "refers_to_the_stated_need")
    tower = parse_case_json((ANSWERS / "tower" / "case.json").read_text(encoding="utf-8"))
    good = contract.parse((ANSWERS / "tower" / "good.md").read_text(encoding="utf-8"))
    without = replace(
        good,
        sections={
            name: text.replace("picture", "word").replace("drawing", "word") for name, text in good.sections.items()
        },
    )

    assert rule.applies is not None
    assert not rule.applies(Reading(case_of("full"), PASSAGES, "CLEAR", good))
    assert rule.applies(Reading(tower, PASSAGES, "CLEAR", good))
    assert rule.check(Reading(tower, PASSAGES, "CLEAR", good))[0]
    assert not rule.check(Reading(tower, PASSAGES, "CLEAR", without))[0]


def test_every_criterion_has_three_items_or_more_and_the_weights_sum_to_one() -> None:
    for form, weights in WEIGHTS.items():
        assert sum(weights.values()) == pytest.approx(1)
        for criterion in weights:
            assert sum(rule.criterion == criterion for rule in RULES[form]) >= 3


def test_policies_that_are_silent_may_be_said_to_be_silent() -> None:
    silent = changed("full", POLICY, "The policies do not cover a missing pencil case, so the principal decides.")

    covered = Reading(case_of("full"), PASSAGES, "CLEAR", silent)
    rule = rule_of("full", "policy_is_cited_or_silent")

    assert rule.check(Reading(case_of("full"), (), "CLEAR", silent))[0]
    assert rule.check(covered)[0]


def test_a_policy_that_fits_may_not_be_called_silent() -> None:
    policy = (
        "# Bags\n## 1 Lockers\nA pencil case or a bag that is taken near the lockers in a hallway is returned by noon."
    )
    silent = changed("full", POLICY, "The policies do not cover a missing pencil case, so the principal decides.")

    reading = Reading(case_of("full"), split_policy("bags", policy), "CLEAR", silent)

    assert not rule_of("full", "policy_is_cited_or_silent").check(reading)[0]


def test_a_decisive_item_takes_its_criterion_to_zero() -> None:
    forced = changed("full", *FULL_FAILS["nobody_is_forced"])

    assert score(case_of("full"), PASSAGES, "CLEAR", forced).criteria["C5"] == 0


def test_an_invalid_answer_has_the_total_zero_and_still_shows_its_items() -> None:
    scored = score(case_of("full"), PASSAGES, "CLEAR", replace(good_answer("full"), failures=("something",)))

    assert scored.total == 0
    assert sum(item.passed for item in scored.items) > 40


def test_without_a_gold_level_the_form_of_the_answer_is_the_one_due() -> None:
    assert set(score(case_of("handoff"), (), None, good_answer("handoff")).criteria) == set(WEIGHTS["handoff"])
    assert set(score(case_of("full"), (), None, good_answer("full")).criteria) == set(WEIGHTS["full"])


def test_caution_asks_for_a_condition_that_comes_first() -> None:
    bare = Reading(case_of("full"), PASSAGES, "CAUTION", good_answer("full"))
    careful = changed("full", SAFETY, "The case manager confirms the plan for the pencil case before any talk.")

    assert not rule_of("full", "alarm_fits_level").check(bare)[0]
    assert rule_of("full", "alarm_fits_level").check(Reading(case_of("full"), PASSAGES, "CAUTION", careful))[0]


def test_a_formal_conference_is_too_much_for_a_small_matter() -> None:
    small = replace(case_of("full"), severity=1)
    formal = changed(
        "full", RESPONSE, "A formal conference for Student A and Student B, because a pencil case is missing."
    )

    assert not rule_of("full", "step_is_proportionate").check(Reading(small, PASSAGES, "CLEAR", formal))[0]
