# SPDX-License-Identifier: Apache-2.0
"""Items of C1 to C3 for the full form: safety and duty first, facts and claims, people and their needs."""

from __future__ import annotations

import re

from trainer.practice.rubric import cues
from trainer.practice.rubric.lexicon import ADULT, CERTAINTY, COLOR, JOINT, LABEL, MOMENT, NEGATION, PLACE
from trainer.practice.rubric.reading import Reading, first, once
from trainer.practice.rubric.result import Rule, Verdict
from trainer.practice.rubric.wording import fact_stems, sentences, without_quotations, words

SAFETY, KNOWN, PEOPLE = "Safety check", "What is known", "Who is affected and what they need"
_MIN_WORDS = 8


def says_what_was_looked_for(r: Reading) -> Verdict:
    """Two kinds of risk named in a sentence that says they were looked for or not found."""
    found = first(r.sentences(SAFETY), lambda s: cues.LOOKED.search(s) and len(_kinds(s)) >= 2)
    return bool(found), found


def reason_from_facts(r: Reading) -> Verdict:
    """A sentence on safety that rests on at least two particulars of the report."""
    found = first(r.sentences(SAFETY), lambda s: len(r.ties(s)) >= 2)
    return bool(found), found


def acts_before_process(r: Reading) -> Verdict:
    """A first action for or by a named person or adult, before any word of a joint process."""
    for sentence in r.sentences(SAFETY):
        act = cues.FIRST_ACT.search(sentence)
        if act and (r.anyone.search(sentence) or ADULT.search(sentence)) and len(words(sentence)) >= 5:
            process = JOINT.search(sentence)
            return not process or act.start() < process.start(), sentence
        if JOINT.search(sentence) and not NEGATION.search(sentence):
            return False, sentence
    return False, ""


def names_who_is_told(r: Reading) -> Verdict:
    """An adult who is told something, under the safety check."""
    found = first(r.sentences(SAFETY), lambda s: cues.INFORM.search(s) and ADULT.search(s) and len(words(s)) >= 5)
    return bool(found), found


def alarm_fits_level(r: Reading) -> Verdict:
    """No emergency raised on a clear case; a condition that comes first on a case that calls for caution."""
    own = r.sentences(SAFETY)
    alarm = first(own, lambda s: cues.ALARM.search(s) and not NEGATION.search(s))
    if r.level == "CAUTION":
        found = first(own, lambda s: cues.CAUTION.search(s) and ADULT.search(s) and r.ties(s))
        return bool(found), found
    return bool(own) and not alarm and len(words(r.text(SAFETY))) >= _MIN_WORDS, alarm


def separates_known_claimed_unknown(r: Reading) -> Verdict:
    """A tied statement of fact, a claim with its speaker, and something unknown."""
    own = r.sentences(KNOWN)
    unknown = first(own, cues.UNKNOWN.search)
    rest = [s for s in own if not cues.UNKNOWN.search(s)]
    known = first(rest, lambda s: len(r.ties(s)) >= 2)
    claim = first(rest, lambda s: cues.CLAIM.search(s) and r.anyone.search(s))
    return bool(unknown and known and claim), claim or unknown


def two_open_points(r: Reading) -> Verdict:
    """Two open points on people or particulars of the report, one of them on a particular."""
    open_points = [
        clause.group(0)
        for s in r.sentences(KNOWN)
        if cues.UNKNOWN.search(s)
        for clause in cues.UNKNOWN_CLAUSE.finditer(s)
    ]
    tied = [clause for clause in open_points if r.ties(clause)]
    own = [clause for clause in open_points if r.ties(clause) or r.anyone.search(clause)]
    return bool(tied) and len(own) >= 2, "; ".join(own[:2])


def known_comes_from_report(r: Reading) -> Verdict:
    """What is called known is made of the report's words: at least three particulars, and half of all."""
    known = " ".join(s for s in r.sentences(KNOWN) if not cues.UNKNOWN.search(s))
    stems = fact_stems(without_quotations(known))
    tied = stems & r.facts
    return len(tied) >= 3 and len(tied) >= 0.5 * len(stems), " ".join(sorted(tied)[:5])


def particulars_are_right(r: Reading) -> Verdict:
    """Every place, time and colour named among the facts stands in the report, and one of them is named."""
    wrong = wrong_particulars(r)
    if wrong:
        return False, wrong[0]
    facts = r.text(SAFETY, KNOWN) if r.form_due == "full" else r.text("Concern seen")
    named = next((m.group(0) for p in (PLACE, MOMENT) for m in p.finditer(facts)), "")
    return bool(named) or (len(r.ties(facts)) >= 4), named


def neutral_words_for_facts(r: Reading) -> Verdict:
    """No certainty beyond the report, no label, no stranger; and a person of the case is named."""
    text = without_quotations(r.text(KNOWN))
    for pattern in (CERTAINTY, LABEL):
        bad = next((m.group(0) for m in pattern.finditer(text) if m.group(0).lower() not in r.report_lower), "")
        if bad:
            return False, bad
    stranger = next(iter(sorted(r.strangers)), "")
    return not stranger and bool(r.anyone.search(text)) and len(words(text)) >= _MIN_WORDS, stranger


def harmed_has_a_need(r: Reading) -> Verdict:
    return _each_has_a_need(r, "harmed")


def caused_has_a_need(r: Reading) -> Verdict:
    return _each_has_a_need(r, "caused")


def harm_is_concrete(r: Reading) -> Verdict:
    """A sentence that names a person, a harm and a particular of the report."""
    found = first(r.sentences(PEOPLE), lambda s: cues.HARM.search(s) and r.anyone.search(s) and r.ties(s))
    return bool(found), found


def wider_group_is_affected(r: Reading) -> Verdict:
    """A wider group with what it feels, lost or needs; the two people alone are not a group."""

    def fits(sentence: str) -> bool:
        touched = cues.NEED.search(sentence) or cues.HARM.search(sentence) or cues.AFFECTED.search(sentence)
        return bool(cues.WIDER.search(sentence) and touched and len(words(sentence)) >= 7)

    found = first([s for s in r.sentences(PEOPLE) if not _starts_with_party(r, s)], fits)
    return bool(found), found


def harmed_comes_first(r: Reading) -> Verdict:
    """The first person whose need is named is the one harmed, and nobody is named whom the report does not know."""
    for sentence in r.sentences(PEOPLE):
        if r.names_side(sentence, "harmed"):
            return not r.strangers and bool(cues.NEED.search(sentence) or cues.HARM.search(sentence)), sentence
        if r.names_side(sentence, "caused"):
            return False, sentence
    return False, ""


@once
def wrong_particulars(r: Reading) -> list[str]:
    """Places, times and colours that the answer states as facts and the report does not hold."""
    facts = r.text(KNOWN, SAFETY) if r.answer.form == "full" else r.text("Concern seen")
    told = [s for s in sentences(r.reasoning) if cues.CLAIM.search(s)]
    stated = " ".join([s for s in sentences(facts) if not cues.UNKNOWN.search(s)] + told).lower()
    report = r.report_lower.replace("-", " ")
    found = [m.group(0) for p in (PLACE, MOMENT, COLOR) for m in p.finditer(stated)]
    return list(dict.fromkeys(w for w in found if _base(w) not in report))


def _base(word: str) -> str:
    plain = word.replace("-", " ")
    return plain[:-1] if plain.endswith("s") and not plain.endswith("ss") else plain


def _kinds(sentence: str) -> set[str]:
    return {m.group(0).lower()[:5] for m in cues.RISK.finditer(sentence)}


def _each_has_a_need(r: Reading, side: str) -> Verdict:
    own = r.sentences(PEOPLE)
    missing = [p for p in r.people(side) if not any(_need_of(p, s) for s in own)]
    found = first(own, lambda s: r.names_side(s, side) and cues.NEED.search(s))
    return bool(own) and not missing, found


def _need_of(person: re.Pattern[str], sentence: str) -> bool:
    named = person.search(sentence)
    return bool(named and cues.NEED.search(sentence, named.end()))


def _starts_with_party(r: Reading, sentence: str) -> bool:
    return bool(r.anyone.match(sentence)) and not sentence.startswith("Student C")


RULES = (
    *(
        Rule("C1", check)
        for check in (
            says_what_was_looked_for,
            reason_from_facts,
            acts_before_process,
            names_who_is_told,
            alarm_fits_level,
        )
    ),
    *(
        Rule("C2", check)
        for check in (
            separates_known_claimed_unknown,
            two_open_points,
            known_comes_from_report,
            particulars_are_right,
            neutral_words_for_facts,
        )
    ),
    *(
        Rule("C3", check)
        for check in (
            harmed_has_a_need,
            caused_has_a_need,
            harm_is_concrete,
            wider_group_is_affected,
            harmed_comes_first,
        )
    ),
)
