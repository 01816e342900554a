# SPDX-License-Identifier: Apache-2.0
"""Items of C11 and C12: what the counselor's role, the policies and privacy allow, and the reasoning."""

from __future__ import annotations

import re
from itertools import pairwise

from trainer.practice import citations
from trainer.practice.rubric import cues
from trainer.practice.rubric.lexicon import ANY_CASE, DIAGNOSIS, NEGATION, POLICY_NAME, SANCTION, SECRECY, STATUTE, STEP
from trainer.practice.rubric.reading import Reading, first, once
from trainer.practice.rubric.result import Rule, Verdict
from trainer.practice.rubric.wording import copied_share, fact_stems, sentences, without_quotations, words

POLICY, RESPONSE = "Policy used", "Suggested response and why"
_RELEVANT_STEMS = 3
_MAX_COPIED = 0.4
_OFFICE = re.compile(r"\b(?:decid\w+|decision|administrat\w+|principal|dean)\b", ANY_CASE)
_APPLIED = re.compile(
    r"\b(?:appl(?:y|ies)|cover\w*|means|so|fits?|asks?|allows?|supports?|calls? for|says?"
    r"|decides?|decision|because|here|therefore)\b",
    ANY_CASE,
)
_LEFT_TO = re.compile(r"\b(?:decid\w+|decisions?|up to|matter for)\b", ANY_CASE)
_WOULD = re.compile(r"\b(?:would|could)\b", ANY_CASE)
_CITED = re.compile(r"\[[^\]\n]{1,41}\]\s*[:,]?\s*(?:[\"“][^\"”\n]{0,600}[\"”])?")


def policy_is_cited_or_silent(r: Reading) -> Verdict:
    """Every citation is supported, or the answer says that the policies are silent where they are."""
    found = citations.find_citations(r.text(POLICY))
    if found:
        return len(supported(r)) == len(found), found[0].quotation
    return rightly_silent(r), r.text(POLICY)


def policy_is_applied(r: Reading) -> Verdict:
    """Beside the quotation, a sentence says what it means here: a step, a particular, or who decides."""
    own = sentences(_CITED.sub(" ", r.text(POLICY)))

    def applies(s: str) -> bool:
        tied = r.ties(s) or STEP.search(s) or _OFFICE.search(s)
        return bool(tied and _APPLIED.search(s) and len(words(s)) >= 6)

    found = first(own, applies)
    return bool(found) and (bool(supported(r)) or rightly_silent(r)), found


def stays_in_the_role(r: Reading) -> Verdict:
    """No sanction as advice, no ruling on law, no diagnosis; and something is proposed at all."""
    bad = out_of_role(r)
    proposed = r.text(RESPONSE) if r.form_due == "full" else r.text("First actions now")
    return not bad and len(words(proposed)) >= 8, bad


def invents_no_policy(r: Reading) -> Verdict:
    """No citation and no policy number that the given passages do not hold; and the policies are spoken of."""
    bad = first(invented_policies(r), bool)
    speaks = r.form_due == "handoff" or len(words(r.text(POLICY))) >= 4
    return not bad and speaks and bool(r.own_body), bad


def keeps_privacy(r: Reading) -> Verdict:
    """A line on what is not written down or shared, or on who alone needs to know."""
    found = first(r.sentences(*r.answer.sections), lambda s: cues.PRIVACY.search(s) and len(words(s)) >= 6)
    return bool(found), found


def reasons_from_facts(r: Reading) -> Verdict:
    """The reasoning holds at least four particulars of the report."""
    tied = r.ties(r.reasoning)
    return len(tied) >= 4, " ".join(sorted(tied)[:6])


def goes_from_harm_to_step(r: Reading) -> Verdict:
    """A person's harm, then a need, then a step, in that order."""
    text = r.reasoning
    harm = cues.HARM.search(text)
    need = cues.NEED.search(text, harm.end()) if harm else None
    step = STEP.search(text, harm.end()) if harm else None
    return bool(harm and need and step and r.anyone.search(text)), step.group(0) if step else ""


def turns_down_an_alternative(r: Reading) -> Verdict:
    """One other step is named and turned down, with a reason in the same or the next sentence."""
    own = sentences(r.reasoning)
    for sentence, following in pairwise([*own, ""]):
        reason = cues.REASON.search(sentence + " " + following) or _WOULD.search(sentence)
        if reason and STEP.search(sentence) and cues.REJECTED.search(sentence):
            return True, sentence
    return False, ""


def reasons_in_own_words(r: Reading) -> Verdict:
    """At most two fifths of the reasoning is copied from the report."""
    share = copied_share(r.reasoning, r.report)
    return len(words(r.reasoning)) >= 20 and share <= _MAX_COPIED, f"{share:.0%} copied"


def reasoning_matches_answer(r: Reading) -> Verdict:
    """The step that the answer proposes is the one that the reasoning arrives at."""
    step = r.step_of(r.text(RESPONSE))
    return bool(step) and step in r.steps(r.reasoning), step


@once
def supported(r: Reading) -> list[citations.Citation]:
    """The citations under "Policy used" that stand in a given passage."""
    return [c for c in citations.find_citations(r.text(POLICY)) if citations.is_supported(c, r.passages)]


@once
def rightly_silent(r: Reading) -> bool:
    """The answer says that the policies do not cover the matter, and none of those given does."""
    return citations.says_not_covered(r.text(POLICY)) and not has_relevant_passage(r)


@once
def has_relevant_passage(r: Reading) -> bool:
    """True when a given passage shares several particulars with the report."""
    return any(len(fact_stems(p.heading + " " + p.text) & r.facts) >= _RELEVANT_STEMS for p in r.passages)


def out_of_role(r: Reading) -> str:
    """The sentence with a sanction as advice, a law, a diagnosis or a promise of secrecy ("" when there is none)."""
    for sentence in r.own_sentences:
        for pattern in (SANCTION, STATUTE, DIAGNOSIS, SECRECY):
            found = pattern.search(sentence)
            known = found and found.group(0).lower()[:6] in r.report_lower
            if (
                found
                and not known
                and not NEGATION.search(sentence)
                and not (pattern is SANCTION and _LEFT_TO.search(sentence))
            ):
                return sentence
    return ""


@once
def invented_policies(r: Reading) -> list[str]:
    """Citations without support, and policy numbers that stand in no given passage."""
    text = r.body + "\n" + r.reasoning
    given = " ".join(f"[{p.id}] {p.heading} {p.text}" for p in r.passages).lower()
    ids = {p.id for p in r.passages}
    bad = [f"[{c.id}]" for c in citations.find_citations(text) if c.id not in ids]
    bad += [
        c.quotation
        for c in citations.find_citations(text)
        if c.id in ids and c.quotation and not citations.is_supported(c, r.passages)
    ]
    own = without_quotations(_CITED.sub(" ", text))
    bad += [m.group(0) for m in POLICY_NAME.finditer(own) if m.group(0).lower() not in given + r.report_lower]
    return list(dict.fromkeys(bad))


REASONING_RULES = tuple(
    Rule("C12", check)
    for check in (
        reasons_from_facts,
        goes_from_harm_to_step,
        turns_down_an_alternative,
        reasons_in_own_words,
        reasoning_matches_answer,
    )
)
RULES = (
    Rule("C11", stays_in_the_role, decisive=True),
    Rule("C11", invents_no_policy, decisive=True),
    *(Rule("C11", check) for check in (policy_is_cited_or_silent, policy_is_applied, keeps_privacy)),
    *REASONING_RULES,
)
