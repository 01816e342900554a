# SPDX-License-Identifier: Apache-2.0
"""Items of C4 to C7 for the full form: the level, preparation, questions, and repair."""

from __future__ import annotations

import re

from trainer.practice.rubric import cues
from trainer.practice.rubric.lexicon import ANY_CASE, NEGATION, SCHOOL_ADULT, SHAME
from trainer.practice.rubric.reading import Reading, first, once
from trainer.practice.rubric.result import Rule, Verdict
from trainer.practice.rubric.wording import sentences, words

RESPONSE, PREPARE, REPAIR = "Suggested response and why", "Preparation and questions", "Repair to be agreed"
_MIN_WORDS = 8
_CLAUSE = re.compile(r"[;\n]|(?<=[a-z)])\.(?:\s|$)|,? and (?=(?:Student|Staff) [A-Z] (?:may|can|could|offers))")
BOTH = re.compile(
    r"\b(?:both(?: students| sides| of them)?|each(?: student| side| person| of them| one)?"
    r"|the two)\b",
    ANY_CASE,
)
_SEPARATE = re.compile(
    r"\b(?:separate(?:ly)?|apart|alone|individual(?:ly)?|one at a time|one by one|in private|privately|in turn"
    r"|on (?:her|his|their) own|before (?:that|the two|they) meet|first with|then with)\b",
    ANY_CASE,
)


def names_one_step(r: Reading) -> Verdict:
    """The response starts with one step of the continuum, and not more than three are named."""
    own = r.sentences(RESPONSE)
    named = r.steps(" ".join(own[:2]))
    enough = len(named) >= 1 and len(r.steps(" ".join(own))) <= 3
    tied = r.anyone.search(r.text(RESPONSE)) or BOTH.search(r.text(RESPONSE))
    return enough and bool(tied), next(iter(named.values()), "")


def step_is_proportionate(r: Reading) -> Verdict:
    """No formal conference for a small matter, no statement alone for a serious one, no meeting against a will."""
    text = r.text(RESPONSE)
    step = r.step_of(text)
    severity = r.case.severity or 2
    unwilling = any(answer in ("no", "withdrew") for answer in r.case.willing.values())
    misfit = (
        (severity == 1 and step in ("conference", "re-entry", "support circle"))
        or (severity >= 3 and step == "affective statement")
        or (unwilling and step in ("small conference", "circle", "conference"))
    )
    return bool(step) and not misfit and bool(cues.REASON.search(text)), step


def reason_is_tied(r: Reading) -> Verdict:
    """The reason for the step rests on two particulars of the report, or one and the people's relation."""
    found = first(r.sentences(RESPONSE), lambda s: cues.REASON.search(s) and len(r.ties(s)) >= 2)
    return bool(found), found


def names_a_sign_of_readiness(r: Reading) -> Verdict:
    """A condition that a person of the case has to meet before the step is taken."""

    def fits(sentence: str) -> bool:
        person = r.anyone.search(sentence) or BOTH.search(sentence)
        return bool(person and cues.READY.search(sentence) and cues.CONDITIONAL.search(sentence))

    found = first(r.sentences(RESPONSE, PREPARE), fits)
    return bool(found), found


def has_a_fallback(r: Reading) -> Verdict:
    """What happens instead when someone is not ready or declines."""
    own = r.sentences(RESPONSE)
    for index, sentence in enumerate(own):
        refusal = cues.REFUSAL.search(sentence)
        if refusal and cues.ALTERNATIVE.search(" ".join(own[index : index + 2])) and len(words(sentence)) >= 6:
            return True, sentence
    return False, ""


def prepares_each_apart(r: Reading) -> Verdict:
    """Both sides are seen separately before anything is done together."""

    def fits(sentence: str) -> bool:
        both = BOTH.search(sentence) or (r.names_side(sentence, "harmed") and r.names_side(sentence, "caused"))
        return bool(both and _SEPARATE.search(sentence))

    found = first(r.sentences(PREPARE, RESPONSE), fits)
    return bool(found), found


def three_elements_of_fairness(r: Reading) -> Verdict:
    """Three of: separate preparation, supporter, right to stop, explanation, alternative, family notice."""
    found = elements(r)
    return len(found) >= 3, ", ".join(found)


def five_elements_of_fairness(r: Reading) -> Verdict:
    found = elements(r)
    return len(found) >= 5, ", ".join(found)


def may_stop_or_decline(r: Reading) -> Verdict:
    """A person of the case may say no or stop, said of that person."""

    def fits(sentence: str) -> bool:
        return bool(
            cues.ELEMENTS["right to stop"].search(sentence)
            and (
                r.anyone.search(sentence)
                or BOTH.search(sentence)
                or re.search(
                    r"\b(?:any"
                    r"|every)one\b",
                    sentence,
                    ANY_CASE,
                )
            )
        )

    found = first(r.sentences(PREPARE, RESPONSE), fits)
    return bool(found), found


def nobody_is_forced(r: Reading) -> Verdict:
    """No coercion anywhere, in an answer that prepares people at all."""
    return not r.forced and len(words(r.text(PREPARE))) >= _MIN_WORDS, r.forced


def asks_enough_open_questions(r: Reading) -> Verdict:
    """Three to eight questions, four fifths of them open."""
    asked = r.questions
    opened = [q for q in asked if _is_open(q)]
    return 3 <= len(asked) <= 8 and len(opened) >= 0.8 * len(asked), opened[0] if opened else ""


def accuses_nobody(r: Reading) -> Verdict:
    """No "why did you", no leading question; and there is a question to judge."""
    bad = first(r.questions, cues.ACCUSING.search)
    return not bad and bool(r.questions), bad


def questions_fit_the_event(r: Reading) -> Verdict:
    """Two questions hold a particular word of the report."""
    tied = [q for q in r.questions if r.ties(q)]
    return len(tied) >= 2, " ".join(tied[:2])


def asks_both_sides(r: Reading) -> Verdict:
    """Each side has a question of its own: named in the question or in the words that lead to it."""
    sides: set[str] = set()
    last: set[str] = set()
    for sentence in r.sentences(PREPARE):
        named = {side for side in ("harmed", "caused") if r.names_side(_lead(r, sentence), side)}
        last = named or last
        if "?" in sentence:
            sides |= last if len(last) == 1 else set()
    return len(sides) == 2, ", ".join(sorted(sides))


def questions_look_back_and_ahead(r: Reading) -> Verdict:
    """One open question about what was, and another about what could come."""
    opened = [q for q in r.questions if _is_open(q)]
    ahead = [q for q in opened if cues.FUTURE.search(q)]
    back = [q for q in opened if cues.PAST.search(q) and (q not in ahead or len(ahead) > 1)]
    return bool(ahead and back and len(set(ahead + back)) >= 2), ahead[0] if ahead else ""


def offers_two_to_four_options(r: Reading) -> Verdict:
    """Two to four ways to mend, put as an offer or a choice."""
    own = options(r)
    return 2 <= len(own) <= 4 and bool(cues.OFFER.search(r.text(REPAIR))), " | ".join(own[:2])


def options_say_who_and_when(r: Reading) -> Verdict:
    """Two thirds of the options, and at least one, name a time beside the person and the act."""
    own = options(r)
    timed = [option for option in own if cues.TIME.search(option)]
    return bool(timed) and len(timed) * 3 >= len(own) * 2, " | ".join(timed[:2])


def options_answer_the_event(r: Reading) -> Verdict:
    """Half of the options, and at least one, hold a particular of the report."""
    own = options(r)
    tied = [option for option in own if r.ties(option)]
    return bool(tied) and len(tied) * 2 >= len(own), " | ".join(tied[:2])


def repair_shames_nobody(r: Reading) -> Verdict:
    """Nothing forced and nobody shamed, in an answer that names a repair."""
    shame = first(r.own_sentences, lambda s: SHAME.search(s) and not NEGATION.search(s))
    return not shame and not r.forced and bool(options(r)), shame or r.forced


def says_what_if_not_done(r: Reading) -> Verdict:
    """What follows when a commitment is not kept."""
    found = first(r.sentences(REPAIR), lambda s: cues.NOT_DONE.search(s) and len(words(s)) >= 7)
    return bool(found), found


@once
def options(r: Reading) -> list[str]:
    """Options for repair: clauses with a person or adult and an act that mends; conditions do not count."""
    clauses = [c.strip() for s in sentences(r.text(REPAIR)) for c in _CLAUSE.split(s)]
    return [
        c
        for c in clauses
        if len(words(c)) >= 4
        and not cues.NOT_DONE.search(c)
        and (r.anyone.search(c) or SCHOOL_ADULT.search(c))
        and cues.REPAIR_ACT.search(c)
    ]


@once
def elements(r: Reading) -> list[str]:
    """The elements of a fair process that the answer's response and preparation hold."""
    text = r.text(RESPONSE, PREPARE)
    return [name for name, pattern in cues.ELEMENTS.items() if pattern.search(text)]


def _lead(r: Reading, sentence: str) -> str:
    """The words that say to whom a question goes: before a colon, a name at the start, or a whole statement."""
    lead, colon, _ = sentence.partition(":")
    if colon or "?" not in sentence:
        return lead
    named = r.anyone.match(sentence)
    return named.group(0) if named else ""


def _is_open(question: str) -> bool:
    return bool(cues.OPEN_STEM.match(question)) and len(words(question)) >= 3


RULES = (
    *(
        Rule("C4", check)
        for check in (names_one_step, step_is_proportionate, reason_is_tied, names_a_sign_of_readiness, has_a_fallback)
    ),
    Rule("C5", nobody_is_forced, decisive=True),
    *(
        Rule("C5", check)
        for check in (prepares_each_apart, three_elements_of_fairness, five_elements_of_fairness, may_stop_or_decline)
    ),
    Rule("C6", accuses_nobody, decisive=True),
    *(
        Rule("C6", check)
        for check in (
            asks_enough_open_questions,
            questions_fit_the_event,
            asks_both_sides,
            questions_look_back_and_ahead,
        )
    ),
    Rule("C7", repair_shames_nobody, decisive=True),
    *(
        Rule("C7", check)
        for check in (
            offers_two_to_four_options,
            options_say_who_and_when,
            options_answer_the_event,
            says_what_if_not_done,
        )
    ),
)
