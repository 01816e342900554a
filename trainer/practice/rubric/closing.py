# SPDX-License-Identifier: Apache-2.0
"""Items of C8 to C10 for the full form: causes and support, fit to the people, follow-up and closing."""

from __future__ import annotations

import re

from trainer.practice.rubric import cues
from trainer.practice.rubric.lexicon import ADULT, ANY_CASE, DIAGNOSIS, SCHOOL_ADULT, TRAIT
from trainer.practice.rubric.process import BOTH, PREPARE, REPAIR, RESPONSE
from trainer.practice.rubric.reading import Reading, first, once
from trainer.practice.rubric.result import Rule, Verdict
from trainer.practice.rubric.wording import words

SUPPORT = "Support and follow-up"
_WRITTEN = re.compile(
    r"\b(?:written (?:apolog\w+|agreement|reflection|statement)|letter of apology"
    r"|apology letter|contract|essay)\b",
    ANY_CASE,
)
_QUESTION_WORDS = {"PK-K": 12, "1-2": 12, "3-5": 18}
_MAX_CHECKS = 5
#: An access need as reports state it, and the words by which an answer refers to it.
NEEDS = (
    (
        re.compile(r"\bextra time\b|\bspeaks slowly\b|\bprocessing time\b", ANY_CASE),
        re.compile(r"\btime to (?:think|answer)|extra time|slow\w*|pause\w*|wait\w*", ANY_CASE),
    ),
    (
        re.compile(
            r"\b(?:works?|understands?|plan|follow\w*) (?:\w+ )?(?:with |in )?pictures\b|\bvisuals?\b", ANY_CASE
        ),
        re.compile(r"\bpictures?|visuals?|drawings?", ANY_CASE),
    ),
    (
        re.compile(r"\bquiet (?:room|space|place)\b", ANY_CASE),
        re.compile(
            r"\bquiet (?:\w+ )?(?:room|space|place"
            r"|spot|corner|office)",
            ANY_CASE,
        ),
    ),
    (
        re.compile(r"\binterpreter\b|\bnew to English\b|\bEnglish learner\b", ANY_CASE),
        re.compile(r"\binterpret\w*|home language|translat\w*|Spanish", ANY_CASE),
    ),
    (
        re.compile(r"\bshort sentences\b|\bone question at a time\b", ANY_CASE),
        re.compile(
            r"\bshort (?:sentences"
            r"|words|questions)|one (?:question )?at a time|simple words",
            ANY_CASE,
        ),
    ),
    (re.compile(r"\bbreak card\b|\bneeds? breaks\b", ANY_CASE), re.compile(r"\bbreaks?(?: card)?\b", ANY_CASE)),
    (
        re.compile(r"\bIEP\b|\b504\b|\bbehaviou?r plan\b"),
        re.compile(
            r"\bIEP|504|case manager|(?:behaviou?r"
            r"|support) plan|accommodat\w*",
            ANY_CASE,
        ),
    ),
    (
        re.compile(r"\bAAC\b|\btablet to speak\b|\bhearing aids?\b|\bwheelchair\b"),
        re.compile(
            r"\bAAC|tablet"
            r"|device|hearing|captions?|access|ramp|wheelchair",
            ANY_CASE,
        ),
    ),
)


def cause_is_a_guess(r: Reading) -> Verdict:
    """A possible cause, put as possible."""
    own = r.sentences(SUPPORT, RESPONSE, "Who is affected and what they need")
    found = first(own, lambda s: cues.HEDGE.search(s) and cues.CAUSE.search(s) and "?" not in s and len(words(s)) >= 6)
    return bool(found) and not DIAGNOSIS.search(found), found


def one_skill_to_practise(r: Reading) -> Verdict:
    """Someone of the case learns or practises something."""
    found = first(r.sentences(SUPPORT), lambda s: cues.SKILL.search(s) and (r.anyone.search(s) or BOTH.search(s)))
    return bool(found), found


def adults_change_a_setting(r: Reading) -> Verdict:
    """Adults change a place, a routine or how they watch, in a sentence that belongs to this event or its adults."""

    def fits(s: str) -> bool:
        change = cues.ADULT_CHANGE.search(s) and cues.SETTING.search(s)
        return bool(change and (ADULT.search(s) or "setting" in s.lower()))

    found = first(r.sentences(SUPPORT), fits)
    return bool(found), found


def harmed_is_supported(r: Reading) -> Verdict:
    """The person harmed gets support of their own."""
    found = first(r.sentences(SUPPORT), lambda s: r.names_side(s, "harmed") and cues.SUPPORT.search(s))
    return bool(found), found


def fits_the_age(r: Reading) -> Verdict:
    """Questions short enough for the grade band; nothing written for the youngest."""
    asked, band = r.questions, r.case.grade_band or ""
    limit = _QUESTION_WORDS.get(band, 25)
    too_long = first(asked, lambda q: len(words(q)) > limit)
    written = _WRITTEN.search(r.text(REPAIR, RESPONSE)) if band in ("PK-K", "1-2") else None
    return len(asked) >= 2 and not too_long and not written, too_long or (written.group(0) if written else "")


def refers_to_the_stated_need(r: Reading) -> Verdict:
    """Every access need that the report states comes back in the plan."""
    text = r.text(RESPONSE, PREPARE, SUPPORT, REPAIR)
    wanted = [answer for stated, answer in NEEDS if stated.search(r.report)]
    found = [m.group(0) for answer in wanted if (m := answer.search(text))]
    return len(found) == len(wanted) and bool(found), ", ".join(found)


def states_a_need(r: Reading) -> bool:
    return any(stated.search(r.report) for stated, _ in NEEDS)


def gives_a_choice_of_expression(r: Reading) -> Verdict:
    """A way of taking part that fits the person: drawing, own words, a pause, short sentences."""

    def fits(s: str) -> bool:
        return bool(cues.EXPRESSION.search(s) and (r.anyone.search(s) or BOTH.search(s)))

    found = first(r.sentences(PREPARE, RESPONSE, SUPPORT), fits)
    return bool(found), found


def adults_check_their_view(r: Reading) -> Verdict:
    """Adults look again at how they read what was seen."""
    own = r.sentences(SUPPORT, "What is known", RESPONSE)
    found = first(own, lambda s: cues.ADULT_VIEW.search(s) and len(words(s)) >= 6)
    return bool(found), found


def guesses_no_trait(r: Reading) -> Verdict:
    """No group trait or diagnosis that the report does not state, in an answer that speaks of needs."""
    text = r.own_body
    bad = next(
        (m.group(0) for p in (TRAIT, DIAGNOSIS) for m in p.finditer(text) if m.group(0).lower() not in r.report_lower),
        "",
    )
    speaks = cues.NEED.search(r.text("Who is affected and what they need"))
    return not bad and bool(speaks), bad


def two_dated_checks(r: Reading) -> Verdict:
    """Two to five different times at which someone checks."""
    dates = {m.group(0).lower() for s in _checks(r) for m in cues.TIME.finditer(s)}
    return 2 <= len(dates) <= _MAX_CHECKS, ", ".join(sorted(dates))


def checks_have_an_owner(r: Reading) -> Verdict:
    """An adult is named who does a dated check."""
    found = first(_checks(r), lambda s: SCHOOL_ADULT.search(s))
    return bool(found), found


def checks_ask_both_sides(r: Reading) -> Verdict:
    """Dated checks reach the person harmed and the person who caused harm."""
    own = " ".join(_checks(r))
    both = BOTH.search(own) or (r.names_side(own, "harmed") and r.names_side(own, "caused"))
    return bool(both), both.group(0) if isinstance(both, re.Match) else ""


def closes_with_word_back(r: Reading) -> Verdict:
    """Word back to the person who reported, or a rule for closing."""
    found = first(r.sentences(SUPPORT), lambda s: cues.CLOSING.search(s) and len(words(s)) >= 5)
    return bool(found), found


def plans_for_new_harm(r: Reading) -> Verdict:
    """What is done if it happens again or does not get better."""
    found = first(r.sentences(SUPPORT), lambda s: cues.RECURRENCE.search(s) and len(words(s)) >= 6)
    return bool(found), found


@once
def _checks(r: Reading) -> list[str]:
    return [s for s in r.sentences(SUPPORT) if cues.CHECK.search(s) and cues.TIME.search(s)]


RULES = (
    *(
        Rule("C8", check)
        for check in (cause_is_a_guess, one_skill_to_practise, adults_change_a_setting, harmed_is_supported)
    ),
    *(
        Rule("C9", check)
        for check in (fits_the_age, gives_a_choice_of_expression, adults_check_their_view, guesses_no_trait)
    ),
    Rule("C9", refers_to_the_stated_need, applies=states_a_need),
    *(
        Rule("C10", check)
        for check in (
            two_dated_checks,
            checks_have_an_owner,
            checks_ask_both_sides,
            closes_with_word_back,
            plans_for_new_harm,
        )
    ),
)
