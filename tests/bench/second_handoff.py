# SPDX-License-Identifier: Apache-2.0
"""The second checks of the hand-off form, and what counts as a joint process proposed as a step now."""

from __future__ import annotations

import re

from second_concerns import CONCERN, FIRST_ACTION
from second_words import Reading, sentences, share, unnegated, words

_STUDENTS = (r"(?:student [a-z]|the (?:two|students|pair|group|other student)|both(?: students)?|them|each other"
             r"|everyone|the class)")
#: A process in which the people of the incident come together (a circle of support is around one student only).
JOINT = re.compile(
    r"(?<!support )\bcircles?\b(?! of support)|\b(?:mediation|mediate\w*|conferenc(?:e|es|ing))\b"
    r"|\b(?:joint|shared|restorative|face-to-face) (?:\w+ )?(?:meeting|session|talk|process|conversation|chat)s?\b"
    rf"|\b(?:bring|sit|get|put|seat|gather)\w* {_STUDENTS} (?:\w+ ){{0,2}}together\b|\bface to face\b"
    r"|\b(?:meeting|talk|conversation|chat)s? (?:between|with both|of both)\b"
    r"|\bmeets? (?:with )?student [a-z] (?:to|and) |\b(?:talk|work) it out\b|\bshak\w+ hands\b"
    rf"|\b{_STUDENTS} (?:meet|talk|sit down) (?:together|with each other)\b", re.I)
_HARMLESS = re.compile(r"\b(?:parent|family|phone|case|staff|re-?entry|press) conferences?\b|\bcircle (?:time|rug"
                       r"|area)\b|\bdrop-?off circle\b"
                       r"|\bcircle of (?:friends|trust)\b", re.I)
_LATER = re.compile(
    r"\b(?:later|only (?:if|when|after|once)|until|after (?:the|that|clearance|this)|once (?:the|that|it|this)|before "
    r"any|not yet|on hold"
    r"|off the table|wait\w*|not now|no longer|ruled out|excluded|unsuitable|wrong|unsafe|must not|cannot|can not"
    r"|should not|is not)\b", re.I)
_IMPERATIVE = re.compile(
    r"^(?:then |first,? |next,? |now |immediately |also )?(?:call|report|tell|stay|keep|write|ask|move|clear|get|take"
    r"|inform|notify|make|give|"
    r"separate|find|record|thank|open|protect|send|let|arrange|hand|contact|secure|stop|check|name|offer|walk|bring"
    r"|have|follow|set|start|use|"
    r"place|put|watch|note|document|alert|support|provide|listen|save|pause|hold|look|agree|plan|see|speak|explain"
    r"|cancel|wait)\b", re.I)
_WHEN = re.compile(r"\b(?:now|today|at once|immediately|right away|before|within|this (?:hour|morning|afternoon)|first"
                   r"|as soon as|same (?:day|hour))\b", re.I)
_FORBIDDEN_STEP = re.compile(
    r"\b(?:meeting|meet|circle|conference|mediat\w+|talk\w*|together|joint|apolog\w+|process|conversation"
    r"|face)\b", re.I)
_OWNER = re.compile(
    r"\b(?:principal|administrat\w+|coordinator|team|agency|police|nurse|doctor|investigator|officer|dean"
    r"|counsel(?:l)?or|case manager"
    r"|human resources|emergency|student [a-z]|person harmed|guardian|clinic\w*|advocate|staff member"
    r"|district)\b", re.I)
_CARE = re.compile(r"\b(?:support\w*|adult|safe\w*|quiet|choice|choose\w*|help\w*|stay\w*|trusted|go to|check\w*|rest"
                   r"|calm|asked what|break\w*|place)\b", re.I)
_CONDITION = re.compile(r"\b(?:only|if|when|after|once|until|never|unless)\b", re.I)
_REASON = re.compile(r"\b(?:because|since|so|means|points? to|shows?|as (?:the|this)|therefore|which is)\b", re.I)


def joint_steps(reading_text: str) -> list[str]:
    """Every joint process that `reading_text` proposes as a step now."""
    lines = [_HARMLESS.sub(" ", line) for line in sentences(reading_text)]
    return [found for line in lines if not _LATER.search(line) for found in unnegated(JOINT, line)]


def concern(reading: Reading) -> float:
    text = reading.section("Concern seen")
    codes = [code for code in reading.gold.codes if code in CONCERN]
    named = share(sum(bool(CONCERN[code].search(text)) for code in codes), len(codes))
    return 0.5 * named + 0.5 * share(reading.shared(text), 3)


def first_actions(reading: Reading) -> float:
    text = reading.section("First actions now")
    codes = [code for code in reading.gold.codes if code in FIRST_ACTION]
    fitting = share(sum(bool(FIRST_ACTION[code].search(text)) for code in codes), len(codes))
    deeds = sum(bool(_IMPERATIVE.search(line)) for line in sentences(text))
    return 0.5 * fitting + 0.3 * share(deeds, 2) + 0.2 * bool(_WHEN.search(text))


def forbidden(reading: Reading) -> float:
    """Names the joint step that must not be, and one thing more."""
    text = reading.section("Do not")
    named = bool(_FORBIDDEN_STEP.search(text))
    things = len([part for part in re.split(r"[,.;\n]| or | and ", text) if len(words(part)) >= 2])
    return 0.6 * named + 0.4 * share(things, 2)


def decides(reading: Reading) -> float:
    return float(bool(_OWNER.search(reading.section("Who decides"))))


def support_meanwhile(reading: Reading) -> float:
    text = reading.section("Support meanwhile")
    students = [person for person in reading.sides if person.startswith("Student")]
    named = sum(reading.names(text, person) for person in students)
    named = len(students) if re.search(r"\b(?:both|each) (?:student|of)", text, re.I) else named
    return (0.6 * share(named, len(students)) + 0.4) * bool(_CARE.search(text))


def reconsidered(reading: Reading) -> float:
    text = reading.section("When a restorative step could be reconsidered")
    return 0.7 * bool(_CONDITION.search(text)) + 0.3 * (len(words(text)) >= 6)


def reasons(reading: Reading) -> float:
    text = reading.answer.reasoning
    return 0.5 * bool(_REASON.search(text)) + 0.5 * share(reading.shared(text), 3)


PARTS = {
    concern: 20, first_actions: 25, forbidden: 15, decides: 10, support_meanwhile: 15, reconsidered: 10, reasons: 5,
}


def parts(reading: Reading) -> dict[str, tuple[float, int]]:
    """Share and weight of every part of a hand-off."""
    return {part.__name__: (part(reading), weight) for part, weight in PARTS.items()}
