# SPDX-License-Identifier: Apache-2.0
"""The safety gate: decides, without a model, whether a restorative step is the next step.

Context: the commonest bad answer of a small model is a circle where a duty or a danger comes first. Choice: rules that
people can read, outside the model, before it (`check`) and after it (`check_answer`); staff ticks and rules are joined
by OR, an idiom or a negation lowers a cue to CAUTION and an unclear case is never lowered. Turned down: a classifier
alone (cannot be read, cannot be mended by a school). "No flag found" never means "safe".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from trainer.practice.case import Case
from trainer.practice.contract import HANDOFF_HEADINGS, Answer
from trainer.practice.rules import LEVELS, Card, Context, Cue, GateRules, Joint

#: Sections of an answer in which a joint process may be named: it is refused, or put off, there.
MAY_NAME_JOINT = ("Do not", "When a restorative step could be reconsidered")
_MAX_HANDOFF_CODES = 3
_TITLE_DOT = re.compile(r"\b(mr|mrs|ms|mx|dr|st|jr|sr|vs|approx)\.", re.IGNORECASE)
_PARAGRAPH = re.compile(r"(?<![.!?;:,])[ \t]*(?:\n[ \t]*(?:\n|(?=[-*•]|\d+[.)])))")
_BULLET = re.compile(r"\n[ \t]*[-*•]+[ \t]*")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_SPELLED_OUT = re.compile(r"\b[a-z](?:([ .\-_*])[a-z])(?:\1[a-z]){2,}\b")
_MIXED_TOKEN = re.compile(r"(?<![\w@$])(?=[\w@$!*]*[a-z])(?=[\w@$!*]*[0-9@$!*])[\w@$!*]*\w(?![\w@$])")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|am|pm|x|k|m|cm|mm|ft|min|pts?|hrs?|lbs?|d|a|b|c)?$")
_LONG_RUN = re.compile(r"([a-z])\1{2,}")
_SENTENCE = re.compile(r"[^.!?;\n]+")
_PLAIN = str.maketrans({
    "’": "'", "‘": "'", "`": "'", "´": "'", "“": " ", "”": " ", "«": " ", "»": " ",
    '"': " ", "–": "-", "—": " ; ", "…": ". ",
})
_LEET = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "*": "i", "1": "i"}


@dataclass(frozen=True)
class Fired:
    """A cue that fired: the rule's id, the words it matched (normalised) and the level after its context."""

    code: str
    rule: str
    words: str
    level: str


@dataclass(frozen=True)
class GateResult:
    """The gate's answer; `codes` are those that fired, the most serious first."""

    level: str
    codes: tuple[str, ...]
    fired: tuple[Fired, ...]

    @property
    def blocks(self) -> bool:
        """True under STOP and HOLD: only the hand-off is due."""
        return self.level in ("STOP", "HOLD")


def check(rules: GateRules, text: str, grade_band: str | None = None) -> GateResult:
    """Check a report. `text` is data: nothing written in it can switch a rule off."""
    best: dict[tuple[str, str], Fired] = {}
    for reading in readings(text, rules.emoji):
        sentences = [match.group(0) for match in _SENTENCE.finditer(reading)]
        found: dict[re.Pattern[str], bool] = {}
        for cue in rules.cues:
            if not _may_fire(cue, reading, found):
                continue
            for fired in _fire(rules, cue, sentences, grade_band):
                _keep(best, fired)
    return _result(best.values())


def check_case(rules: GateRules, case: Case, flags: Iterable[str] = ()) -> GateResult:
    """Check a whole case: narrative, accounts, willingness, and the codes that staff ticked (`flags`)."""
    text = "\n\n".join([case.narrative, *(account.text for account in case.accounts), case.location or ""])
    fired = list(check(rules, text, case.grade_band).fired)
    if any(answer in ("no", "withdrew") for answer in case.willing.values()):
        fired.append(Fired("VOLU", "willingness", "not willing to meet", rules.cards["VOLU"].level))
    for code in flags:
        if code not in rules.cards:
            raise ValueError("A ticked concern is not one of the gate's codes; choose one from the list.")
        fired.append(Fired(code, "staff-tick", "ticked by staff", rules.cards[code].level))
    return _result(fired)


def check_answer(rules: GateRules, answer: Answer, level: str) -> tuple[str, ...]:
    """Reasons why `answer` breaks the gate while `level` is open; empty when it does not.

    The reasoning is not searched: weighing a circle and turning it down is what it is for.
    """
    if level not in ("STOP", "HOLD"):
        return ()
    reasons = []
    if answer.form == "full":
        reasons.append("the full form was written where the hand-off was due")
    for heading, text in answer.sections.items():
        if heading not in MAY_NAME_JOINT:
            proposed = joint_proposals(rules.joint, text)
            reasons += [f"“{heading}” proposes a joint process now: {words}" for words in proposed]
    return tuple(reasons)


def joint_proposals(joint: Joint, text: str) -> list[str]:
    """The words with which `text` proposes that people come together; refused and postponed mentions do not count."""
    found = []
    for match in _SENTENCE.finditer(_basic(text)):
        sentence = match.group(0)
        for pattern in joint.harmless:
            sentence = pattern.sub(" ", sentence)
        mentions = sorted({m.span() for pattern in joint.process for m in pattern.finditer(sentence)})
        found += [sentence[a:b].strip() for a, b in mentions if not _is_refused(joint, sentence, a, b, mentions)]
    return found


def handoff(rules: GateRules, result: GateResult) -> dict[str, str]:
    """The six sections of the hand-off, filled from the rule file; `{}` when the level does not ask for one."""
    if not result.blocks:
        return {}
    serious = {fired.code for fired in result.fired if fired.level in ("STOP", "HOLD")}
    cards = [rules.cards[code] for code in result.codes if code in serious][:_MAX_HANDOFF_CODES]
    each = {1: (5, 4, 3, 3), 2: (3, 2, 1, 1), 3: (2, 1, 1, 1)}[len(cards)]
    actions, never, decides, meanwhile = (_take(cards, name, count) for name, count in zip(
        ("first_actions", "never", "decides", "meanwhile"), each, strict=True))
    texts = (
        f"The report points to {_listed([card.concern[0] for card in cards])}.",
        " ".join(actions),
        " ".join(f"Do not {act}." for act in never),
        f"This is for others to decide: {'; '.join(decides)}.",
        " ".join(meanwhile),
        f"Only when {'; and when '.join(card.reopen[0] for card in cards)}.",
    )
    return dict(zip(HANDOFF_HEADINGS, texts, strict=True))


def readings(text: str, emoji: Mapping[str, str]) -> list[str]:
    """The normalised text, once for each way to read its leetspeak and its lengthened words."""
    basic = _basic(text, emoji)
    spelled = _SPELLED_OUT.sub(lambda m: m.group(0).replace(m.group(1), ""), basic)
    wanted = [_LONG_RUN.sub(r"\1\1", _unleet(spelled, one)) for one in ("i", "l")]
    wanted += [_LONG_RUN.sub(r"\1", _unleet(spelled, "i"))]
    return list(dict.fromkeys(wanted))


def _basic(text: str, emoji: Mapping[str, str] | None = None) -> str:
    """Lower case, straight quotes, no accents, one sentence per stretch between `. ! ? ;`."""
    for sign, words in (emoji or {}).items():
        text = text.replace(sign, f" {words} ")
    text = _INVISIBLE.sub("", text.translate(_PLAIN))
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
    text = _TITLE_DOT.sub(r"\1", _BULLET.sub("\n. ", _PARAGRAPH.sub(". ", text)))
    return " ".join(text.split())


def _unleet(text: str, one: str) -> str:
    table = str.maketrans({**_LEET, "1": one})

    def swap(match: re.Match[str]) -> str:
        token = match.group(0)
        core = token.rstrip("!*")
        return token if _ORDINAL.match(core) or core.isalpha() else core.translate(table) + token[len(core):]

    return _MIXED_TOKEN.sub(swap, text)


def _may_fire(cue: Cue, reading: str, found: dict[re.Pattern[str], bool]) -> bool:
    """One search of the whole reading per pattern spares most cues the walk over its sentences.

    Rules have no ^ or $, so what is not in the reading is in none of its sentences.
    """
    for pattern in (cue.find, *(cue.also if cue.whole_text else ())):
        if pattern not in found:
            found[pattern] = pattern.search(reading) is not None
        if not found[pattern]:
            return False
    return True


def _fire(rules: GateRules, cue: Cue, sentences: list[str], band: str | None) -> Iterator[Fired]:
    for index, sentence in enumerate(sentences):
        for match in cue.find.finditer(sentence):
            if not cue.whole_text and not all(pattern.search(sentence) for pattern in cue.also):
                break
            level = _level(rules, cue, sentences, index, match)
            if level and band in cue.bands_lowered:
                level = _lower(level)
            if level:
                yield Fired(cue.code, cue.rule, " ".join(match.group(0).split()), level)


def _level(rules: GateRules, cue: Cue, sentences: list[str], index: int, match: re.Match[str]) -> str | None:
    """The cue's level after idioms and contexts; None when it does not count."""
    level = cue.level
    for idiom in rules.idioms:
        if idiom.codes and cue.code not in idiom.codes:
            continue
        if any(m.start() < match.end() and match.start() < m.end() for m in idiom.find.finditer(sentences[index])):
            if idiom.ignores:
                return None
            level = _lower(level)
    if any(_applies(rules.contexts[name], sentences, index, match) for name in cue.dropped_by):
        return None
    if any(_applies(rules.contexts[name], sentences, index, match) for name in cue.lowered_by):
        level = _lower(level)
    return level


def _applies(context: Context, sentences: list[str], index: int, match: re.Match[str]) -> bool:
    if context.before and context.before.search(sentences[index][: match.start()]):
        return True
    if not context.near:
        return False
    stretch = ". ".join(sentences[max(0, index - context.reach): index + context.reach + 1])
    return bool(context.near.search(stretch)) and not (context.unless and context.unless.search(stretch))


def _lower(level: str) -> str:
    return level if level == "CLEAR" else "CAUTION"


def _keep(best: dict[tuple[str, str], Fired], fired: Fired) -> None:
    known = best.get((fired.code, fired.rule))
    if known is None or LEVELS.index(fired.level) > LEVELS.index(known.level):
        best[fired.code, fired.rule] = fired


def _result(fired: Iterable[Fired]) -> GateResult:
    by_weight = sorted(fired, key=lambda item: -LEVELS.index(item.level))
    level = by_weight[0].level if by_weight else "CLEAR"
    return GateResult(level, tuple(dict.fromkeys(item.code for item in by_weight)), tuple(by_weight))


def _is_refused(joint: Joint, sentence: str, start: int, end: int, mentions: list[tuple[int, int]]) -> bool:
    if joint.refused_after.search(sentence[end:]):
        return True
    before = sentence[:start]
    for clause in joint.new_clause.finditer(sentence):
        if clause.end() > start:
            break
        refusal = joint.refused_before.search(before[: clause.start()])
        continues = refusal and (
            re.search(r"\b(?:or|nor)\b", sentence[clause.start():])
            or any(refusal.start() <= a and b <= clause.start() for a, b in mentions)
        )
        if not continues:
            before = " " * clause.end() + before[clause.end():]
    return bool(joint.refused_before.search(before))


def _take(cards: list[Card], name: str, count: int) -> list[str]:
    taken = [text for card in cards for text in getattr(card, name)[:count]]
    return list(dict.fromkeys(taken))


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]
