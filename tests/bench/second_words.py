# SPDX-License-Identifier: Apache-2.0
"""Words and sentences for the second checks: what an answer shares with the report, who is meant, what is a date.

Nothing here comes from the reward or the rubric: the second checks stand for another reader of the same guidance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from trainer.practice.case import Case
from trainer.practice.citations import Passage
from trainer.practice.contract import Answer
from trainer.practice.scenario import Gold

_WORD = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*")
#: A line break ends a sentence only before a list item, after a stop, or as an empty line: texts may be wrapped.
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|(?<=:)\n|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)|;\s+")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s*")
_SEVERAL = re.compile(r"\b(Student|Staff)s? ([A-Z])((?:, [A-Z])*),? (and|or) ([A-Z])\b")
#: Words that any report and any plan share; sharing them shows nothing.
_EVERYDAY = frozenset(
    "a about after again all also an and any are as asked asks at be because been before both but by can class could "
    "day did"
    " do does done each else for from get give go had has have he help her him his how if in into is it its just know "
    "known"
    " like made make may me more most much need needs next no not now of off on one only or other our out over own "
    "people"
    " plan report right said same saw say says school see she should so some staff student students such talk talked "
    "teacher"
    " tell that the their them then there these they thing things this those time to today together told too two "
    "under until"
    " up us use used very want wanted wants was way we were what when where whether which while who whom will with "
    "without"
    " would yes you your happened happen adult adults anyone someone".split()
)
_NEGATOR = re.compile(
    r"\b(?:no|not|never|nobody|none|without|neither|nor|cannot|instead of|rather than|avoid\w*|stop\w*|refrain\w*"
    r"|hold off|"
    r"postpone\w*|paused?|wait\w*|until|unless|before any|only after|too early|free to|nothing"
    r"|\w+n't)\b", re.IGNORECASE)

_COUNT = r"(?:an?|one|two|three|four|five|six|seven|eight|ten|\d+)"
_WEEKDAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
#: A time that lies ahead: when something is to be done or looked at.
DATE = re.compile(
    rf"\b(?:(?:by|on|before|until|next|this|coming|each|every) (?:the )?(?:next |coming |following )?{_WEEKDAY}"
    rf"|tomorrow|tonight"
    rf"|(?:today|this afternoon|the same day|this week)"
    rf"|(?:within|in|after|for) (?:the )?(?:next |first |another |about )?{_COUNT} (?:school |more )?(?:day|week"
    rf"|month)s?"
    rf"|{_COUNT} (?:school )?(?:day|week|month)s? (?:later|after|from)"
    r"|(?:the )?(?:next|following|first|second|third|same) (?:school )?(?:day|week|month|morning|lesson)"
    r"|(?:the )?end of (?:the |this |next )?(?:school )?(?:day|week|month|term|year)|(?:day|week) \d+"
    r"|(?:daily|weekly|each (?:day|week|morning)|every (?:day|week|morning)))\b", re.IGNORECASE)
ADULT = re.compile(
    r"\b(?:staff [A-Z]|counsel(?:l)?or|principal|assistant principal|dean|nurse|social worker|case manager|coordinator"
    r"|facilitator"
    r"|teacher|aide|coach|librarian|custodian|monitor|substitute|secretary|psychologist|leader|driver|an? (?:named "
    r"|trusted |calm "
    r"|trained )?adult|the school|administrat\w+)\b", re.IGNORECASE)

_ROLE_PHRASES = {
    "harmed": r"(?:person|student|one|child|party) (?:who was )?harmed|harmed (?:person|student|child|party)",
    "caused_harm": r"(?:person|student|one|child) who caused (?:the )?harm|responsible (?:person|student|party)",
}


def words(text: str) -> list[str]:
    """Lower-case words, in order."""
    return _WORD.findall(text.lower())


def stem(word: str) -> str:
    """A word without its commonest endings; crude on purpose, the same on both sides of a comparison."""
    for ending in ("ing", "ied", "ies", "ed", "es", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 3 and word[-1] in "ey" else word


def telling_stems(text: str) -> set[str]:
    """The stems of the words that say something about one particular event."""
    return {stem(word) for word in words(text) if word not in _EVERYDAY and len(word) > 2 and not word.isdigit()}


def sentences(text: str) -> list[str]:
    """Sentences, list items and clauses parted by a semicolon, without bullets."""
    parts = (_BULLET.sub("", part).strip() for part in _SENTENCE_END.split(text))
    return [" ".join(part.split()) for part in parts if words(part)]


def spelled_out(text: str) -> str:
    """“Students A and B” becomes “Student A and Student B”, so that each one is named."""
    def spell(match: re.Match[str]) -> str:
        middle = "".join(f", {match[1]} {letter}" for letter in re.findall(r"[A-Z]", match[3]))
        return f"{match[1]} {match[2]}{middle} {match[4]} {match[1]} {match[5]}"

    return _SEVERAL.sub(spell, text)


def unnegated(pattern: re.Pattern[str], text: str) -> list[str]:
    """What `pattern` finds in `text` where nothing before it in the same clause turns it round."""
    found = []
    for sentence in sentences(text):
        for match in pattern.finditer(sentence):
            before = re.split(r"[,:]|\bbut\b", sentence[: match.start()])[-1]
            if not _NEGATOR.search(before) and not _NEGATOR.search(match[0].split(" ")[0]):
                found.append(match[0])
    return found


@dataclass(frozen=True)
class Reading:
    """An answer beside the report that it answers."""

    case: Case
    passages: Sequence[Passage]
    gold: Gold
    answer: Answer
    report_stems: frozenset[str] = field(default=frozenset())

    @staticmethod
    def of(case: Case, passages: Sequence[Passage], gold: Gold, answer: Answer) -> Reading:
        return Reading(case, passages, gold, answer, frozenset(telling_stems(report_text(case))))

    def section(self, *names: str) -> str:
        return spelled_out("\n".join(self.answer.sections.get(name, "") for name in names))

    @property
    def whole(self) -> str:
        return spelled_out(self.answer.reasoning + "\n" + self.answer.body)

    def shared(self, text: str) -> int:
        """How many telling words `text` shares with the report."""
        return len(telling_stems(text) & self.report_stems)

    def names(self, text: str, person: str) -> bool:
        """True when `text` names the person, by role word or as the person harmed or who caused harm."""
        role = next((party.role for party in self.case.parties if party.name == person), "")
        phrase = _ROLE_PHRASES.get(role)
        plain = rf"\b{re.escape(person)}\b" + (rf"|\b(?:{phrase})\b" if phrase else "")
        return bool(re.search(plain, text, re.IGNORECASE))

    @property
    def sides(self) -> list[str]:
        """The people between whom the harm lies; a staff member only when no student was harmed."""
        students = [p.name for p in self.case.parties if p.role in ("caused_harm", "harmed", "both")]
        if any(p.role in ("harmed", "both") for p in self.case.parties):
            return students
        return students + [p.name for p in self.case.parties if p.role == "staff" and p.name in self.gold.parties][:1]


def report_text(case: Case) -> str:
    """Everything that the report says about the event."""
    return "\n".join([case.narrative, case.location or "", *(account.text for account in case.accounts)])


def share(found: int, wanted: int) -> float:
    """`found` of `wanted`, at most 1; 1 when nothing was wanted."""
    return min(1.0, found / wanted) if wanted else 1.0
