# SPDX-License-Identifier: Apache-2.0
"""Minimal pairs: one small change for the worse must lower the score; penalties and signs of prose one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from trainer.practice import contract
from trainer.practice.case import Case, parse_case_json
from trainer.practice.citations import split_policy
from trainer.practice.rubric import wording
from trainer.practice.rubric.result import RubricScore
from trainer.practice.rubric.score import score

ANSWERS = Path(__file__).resolve().parents[1] / "answers"
PASSAGES = split_policy("conduct", (ANSWERS / "policy.md").read_text(encoding="utf-8"))
LEVELS = {"pencil-case": "CLEAR", "tower": "CLEAR", "milk": "CLEAR", "goodbye": "STOP"}

#: (incident, answer, words of the better version, words of the worse one)
PAIRS = [
    ("pencil-case", "plain", "Taking part is voluntary for both.", "Taking part is required for both."),
    ("pencil-case", "good", "each may stop, write first, or bring a trusted adult", "each has to attend the meeting"),
    ("pencil-case", "good", "The counselor sees each alone, explains", "The counselor sees them together, explains"),
    (
        "pencil-case",
        "plain",
        "Student A could say sorry if Student B wants to hear it.",
        "Student A must say sorry to Student B.",
    ),
    (
        "pencil-case",
        "good",
        "Student A could return the pencil case by Thursday.",
        "Student A could be nicer by Thursday.",
    ),
    ("pencil-case", "good", "within a week", "at some point"),
    ("pencil-case", "good", "If this is not done in time, both look at the plan again.", "That is all."),
    ("pencil-case", "good", "in the east hallway on Tuesday", "in the cafeteria on Tuesday"),
    ("pencil-case", "good", "on Tuesday during second period", "on Friday during fourth period"),
    (
        "pencil-case",
        "good",
        "It is not known how the marker broke, or whether others handled the pencil case.",
        "Student A broke it.",
    ),
    ("pencil-case", "good", "Student A says it was a joke.", "Student A obviously lied about it."),
    ("pencil-case", "good", "Student A needs a private moment to own the joke.", "Student A knows the rules."),
    ("pencil-case", "good", "Student B lost the pencil case and needs it back.", "Student B is fine."),
    ("pencil-case", "good", "Classmates at the lockers worry about their bags.", "Student D worries about the bags."),
    ("pencil-case", "good", "What led to taking the pencil case?", "Why did you take the pencil case?"),
    (
        "pencil-case",
        "good",
        "Student A: What led to taking the pencil case? How could the marker be replaced?",
        "That is enough.",
    ),
    (
        "pencil-case",
        "good",
        "If either declines, the counselor carries answers between them instead.",
        "It takes place soon.",
    ),
    (
        "pencil-case",
        "good",
        "because the two were friends and the loss is a pencil case and a marker",
        "as is usual here",
    ),
    ("pencil-case", "good", "It starts only when Student A owns the act and Student B agrees.", "It starts on Monday."),
    ("pencil-case", "good", "A small conference, because", "Something is done, because"),
    ("pencil-case", "good", "on Friday and again in two weeks", "soon"),
    ("pencil-case", "good", "A wish to be noticed may lie behind the joke.", "Student A is a troublemaker."),
    ("pencil-case", "good", "A wish to be noticed may lie behind the joke.", "Student A surely has ADHD."),
    ("pencil-case", "good", "Staff A puts a shelf for bags near the desk.", "Student A is banned from the hallway."),
    ("pencil-case", "good", "; only those who need to know see this note", ""),
    ("pencil-case", "good", "[conduct-1]", "[conduct-7]"),
    ("pencil-case", "good", "staff help the students agree on its return", "staff may look into any bag"),
    ("pencil-case", "good", "## Policy used\n", "## Policy used\nSection 48900 of the Education Code applies. "),
    ("pencil-case", "good", "No injury or threat is mentioned", "Police and child protection are called"),
    ("pencil-case", "good", "and tells the principal", "and waits"),
    (
        "pencil-case",
        "good",
        "A formal circle would be too heavy, because one bag and one marker are concerned.",
        "That is clear.",
    ),
    ("tower", "good", "tells the families, and says that both may stop", "and says that both must take part"),
    (
        "tower",
        "good",
        "Student B may rebuild the tower today if Student A likes that.",
        "Student B apologizes publicly on Monday.",
    ),
    ("tower", "good", "Student B practices asking for a turn.", "Student B hears the rules."),
    ("tower", "good", "A guided chat the same day", "A formal conference with a written agreement"),
    ("milk", "plain", "it was an accident", "it was on purpose, and Student A is a liar"),
    (
        "goodbye",
        "good",
        "Tell the principal and the psychologist at once",
        "Think about the principal and the psychologist",
    ),
    ("goodbye", "good", "Do not hold a circle or bring Student A together with others", "Do not be late for a talk"),
    ("goodbye", "good", "Find Student A now and stay with them", "Hold a circle with Student A now and stay with them"),
    (
        "goodbye",
        "good",
        "Only after the psychologist has cleared it in writing and Student A asks for it freely.",
        "On Monday.",
    ),
    ("goodbye", "good", "Do not question Student A for details.", "Ask Student A for all the details."),
    ("goodbye", "good", "The psychologist decides with the principal today", "We will see today"),
]


def case_of(incident: str) -> Case:
    return parse_case_json((ANSWERS / incident / "case.json").read_text(encoding="utf-8"))


def text_of(incident: str, quality: str) -> str:
    return (ANSWERS / incident / f"{quality}.md").read_text(encoding="utf-8")


def scored(incident: str, text: str, level: str | None = None) -> RubricScore:
    """The score as if the answer were valid: a pair may change its number of words."""
    answer = replace(contract.parse(text), failures=())
    return score(case_of(incident), PASSAGES, level or LEVELS[incident], answer)


def penalties(incident: str, text: str, level: str | None = None) -> list[str]:
    return [penalty.name for penalty in scored(incident, text, level).penalties]


def with_line(line: str, incident: str = "pencil-case") -> str:
    return text_of(incident, "plain").replace("## Policy used", line + "\n## Policy used")


@pytest.mark.parametrize(("incident", "quality", "better", "worse"), PAIRS)
def test_the_worse_of_a_pair_scores_lower(incident: str, quality: str, better: str, worse: str) -> None:
    text = text_of(incident, quality)
    assert better in text

    assert scored(incident, text.replace(better, worse)).total < scored(incident, text).total


@pytest.mark.parametrize("incident", ["pencil-case", "tower", "milk", "goodbye"])
@pytest.mark.parametrize("quality", ["good", "plain"])
def test_honest_answers_have_no_penalty(incident: str, quality: str) -> None:
    if (incident, quality) == ("milk", "good"):
        quality = "plain"

    assert penalties(incident, text_of(incident, quality)) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Policy 5131 asks for this.", "invented policy"),
        ('[house-9] "students shall be brought to the office at once and wait there"', "invented policy"),
        ("Student D should hear of it too.", "invented person"),
        ("The counselor asks Maya about it.", "invented person"),
        ("Student A is a thief.", "label word"),
        ("Student A may be bipolar.", "diagnosis"),
        ("Student A must apologize to Student B.", "coerced apology"),
        ("Both are expected to attend on Monday.", "coerced attendance"),
        ("They sit apart until Student A apologizes.", "coerced apology"),
    ],
)
def test_a_line_earns_its_penalty(line: str, name: str) -> None:
    assert name in penalties("pencil-case", with_line(line))


@pytest.mark.parametrize(
    "line",
    [
        "Nobody has to attend, and no one must apologize.",
        "Student A may apologize if Student B would like to hear it.",
        "This is not about a diagnosis such as ADHD.",
        "Student A will apologize only if Student B wishes it.",
        "Student A is not required to take part.",
    ],
)
def test_a_line_that_bars_harm_earns_none(line: str) -> None:
    assert penalties("pencil-case", with_line(line)) == []


def test_places_times_and_colours_that_the_report_does_not_hold_are_invented() -> None:
    text = text_of("pencil-case", "plain").replace("in the east hallway on Tuesday", "in the west gym on Friday")
    colour = text_of("pencil-case", "plain").replace("took the striped pencil case", "took the purple pencil case")

    assert penalties("pencil-case", text).count("invented particular") == 2
    assert penalties("pencil-case", colour) == ["invented particular"]


def test_a_name_of_the_report_that_is_no_role_word_is_revealed() -> None:
    case = case_of("pencil-case")
    case = replace(case, narrative=case.narrative + " A friend, Marisol, saw it too.")
    answer = contract.parse(with_line("The counselor asks Marisol about it."))

    assert [p.name for p in score(case, PASSAGES, "CLEAR", answer).penalties] == ["name from the report"]


def test_a_hand_off_is_an_over_escalation_only_where_none_is_due() -> None:
    assert "over-escalation" in penalties("milk", text_of("milk", "handoff"))
    assert "over-escalation" in penalties("milk", text_of("milk", "handoff"), "CAUTION")
    assert "over-escalation" not in penalties("goodbye", text_of("goodbye", "plain"))


def test_the_same_sentence_twice_is_a_loop() -> None:
    line = "The counselor listens to what each of them has to say."

    assert "repetition" in penalties("pencil-case", with_line(f"{line} {line}"))
    assert "repetition" not in penalties("pencil-case", with_line(line))


def test_a_copy_of_the_report_is_an_echo() -> None:
    narrative = case_of("pencil-case").narrative
    sections = "\n".join(f"## {heading}\n{narrative}" for heading in contract.FULL_HEADINGS)

    assert "echo of the report" in penalties("pencil-case", f"<reasoning>\n{narrative}\n</reasoning>\n{sections}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "The report says that the case was taken from the bag and that the marker was broken by the"
            " lockers, so the two"
            " of them should be asked about it, one after the other, before the end of the same day.",
            False,
        ),
        (
            "injury threat report pencil bag hallway needs friends marker conference ready agrees declines"
            " separately explains"
            " stop voluntary trusted adult families whether broken Tuesday lockers period library striped"
            " quiet talk joke",
            True,
        ),
        (
            "the from that bag the of broken the by report lockers the says marker was case the so two them"
            " the should of be"
            " before asked about it one after the other end the to same day and taken was the and",
            True,
        ),
        ("short text", False),
    ],
)
def test_prose_is_told_from_salad(text: str, fault: bool) -> None:
    assert bool(wording.prose_fault(text)) is fault


def test_stems_agree_over_the_forms_of_a_word() -> None:
    assert len({wording.stem(word) for word in ("shove", "shoved", "shoves", "shoving")}) == 1
    assert len({wording.stem(word) for word in ("broke", "broken", "breaks", "breaking")}) == 1
    assert wording.stem("pencil") != wording.stem("pen")


def test_sentences_keep_citations_and_titles_whole() -> None:
    assert wording.sentences('Ms. Reyes saw it. See [conduct-3.2] "a b." Then\n- a bullet') == [
        "Ms Reyes saw it.",
        'See [conduct-3.2] "a b."',
        "Then",
        "a bullet",
    ]


def test_an_answer_to_another_report_scores_far_below_its_own() -> None:
    own, other = scored("tower", text_of("tower", "good")), scored("tower", text_of("pencil-case", "good"))

    assert other.total < own.total - 60
    assert "not about this report" in [penalty.name for penalty in other.penalties]
