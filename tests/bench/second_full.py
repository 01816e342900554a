# SPDX-License-Identifier: Apache-2.0
"""The second checks of the full form: each part reads the sections that it is about and gives a share from 0 to 1."""

from __future__ import annotations

import re

from second_concerns import CONCERN
from second_words import ADULT, DATE, Reading, sentences, share, stem, words

from trainer.practice.citations import find_citations, is_supported, says_not_covered

_NEED = re.compile(r"\b(?:need\w*|wants?|would help|asks? for|hopes? for|deserves?|to (?:hear|know|feel|be "
                   r"heard))\b", re.I)
_HARM = re.compile(
    r"\b(?:hurt|upset|lost|missed|afraid|scared|felt|feels?|ashamed|angry|cried|worr\w+|harm\w*|trust|unsafe|left out"
    r"|embarrass\w+"
    r"|humiliat\w+|damag\w+|broke\w*|frustrat\w+|unsure|sore|shaken|tired|alone|had to|no longer|without)\b", re.I)
_SEPARATE = re.compile(
    r"\b(?:separate\w*|apart|alone|individual\w*|one at a time|one[- ](?:to|on)[- ]one|on (?:their|his|her) own|each "
    r"(?:one )?"
    r"(?:first|in private)|privately|in private)\b", re.I)
_VOLUNTARY = re.compile(
    r"\b(?:voluntar\w+|free to|no pressure|without (?:any )?(?:penalty|pressure)|(?:may|can|could) (?:always |each "
    r")?(?:say no|decline"
    r"|refuse|stop|leave|opt out|change)|choos\w+|choice|say no|only if (?:both|each|all|they|student))\b", re.I)
_EXPLAIN = re.compile(r"\b(?:explain\w*|what will happen|what to expect|how it (?:will )?works?|go(?:es)? through"
                      r"|told what)\b", re.I)
_SUPPORTER = re.compile(r"\b(?:support(?:er| person)|trusted adult|bring (?:a|an|someone)|someone to sit|person they "
                        r"trust)\b", re.I)
_OTHERWISE = re.compile(
    r"\bif (?:either|anyone|any|one|someone|neither|not|student|he|she|they|that|this|the|a|it"
    r"|staff)\b[^.]{0,60}\b(?:not|no|declin\w+"
    r"|refus\w+|rather|prefer\w*|unready|stops?)\b|\bshuttle\b|\bcarr(?:y|ies) (?:messages|words|the)"
    r"|\botherwise\b", re.I)
_QUESTION = re.compile(r"[^.!?\n:\"“”]*\?")
_OPEN = re.compile(
    r"^\W*(?:and |so |then )?(?:for student \w,? |with student \w,? )?(?:what|how|who|where|when|which|whose|in what"
    r"|at what|tell)\b", re.I)
_LEADING = re.compile(r"\bwhy (?:did|would|do|didn't) (?:you|they)\b|\b(?:don't|didn't|aren't|isn't|shouldn't) (?:you"
                      r"|it|that)\b"
                      r"|\bwhat were you thinking\b(?! (?:at|when|just|right|before|while|then|in|as))\W*$", re.I)
_DEEDS = frozenset(stem(verb) for verb in (
    "return replace tell write offer clean help fix rebuild repair agree listen ask delete remove correct explain "
    "share apologize"
    " apologise mend pay take invite work spend make set practice practise check say show give plan learn speak put "
    "bring join save"
    " move stay keep hand acknowledge draw restore redo teach read post thank welcome leave use find cover tidy greet "
    "walk sit meet"
    " let start talk own collect build run return cook design sort carry add change sign record stop"
).split())
_WILLING_REPAIR = re.compile(r"\b(?:if|agree[sd]?|chosen|choos\w+|accepts?|offers?|wants?|welcome|willing|decide[sd]? "
                             r"together|with student)\b", re.I)
_CHECK = re.compile(r"\b(?:checks?|check-in|checking|asks?|looks?|talks?|meets?|sees?|follow\w*|review\w*|speaks?"
                    r"|visits?)\b", re.I)
_SUPPORT = re.compile(r"\b(?:support\w*|help\w*|practi[cs]\w*|learn\w*|skill\w*|coach\w*|adult|can go to|quiet"
                      r"|break\w*|check-in|greet\w*)\b", re.I)
_CHANGE = re.compile(
    r"\b(?:seat\w*|supervis\w*|routine\w*|shelf|space|spot|sign|rule\w*|route\w*|schedule\w*|group\w*|practi[cs]\w*"
    r"|skill\w*|class"
    r"|room|area|card|list|station|norms?|reminder\w*|box|place|turn\w*|change\w*|adult (?:at|near|in|by))\b", re.I)
_CLAIMED = re.compile(
    r"\b(?:says?|said|reports?|reported|claims?|claimed|told|states?|according to|admits?|admitted|denies|denied"
    r"|explained|in (?:his|her|"
    r"their) words|account)\b", re.I)
_UNKNOWN = re.compile(
    r"\b(?:not (?:yet )?(?:known|clear|said|certain|sure)|unknown|unclear|whether|do(?:es)? not (?:say|know|tell)"
    r"|remains? to|to find out"
    r"|no one (?:has )?(?:said|asked)|still open|open question\w*|missing)\b", re.I)
_BECAUSE = re.compile(r"\b(?:because|since|as (?:the|both|student|this|it|there)|so that|given that|the "
                      r"reason)\b", re.I)
_WEIGHED = re.compile(
    r"\b(?:rather than|instead of|too (?:formal|much|big|soon|early|little)|would (?:not|be too|only)|could also"
    r"|alternative\w*|consider\w*"
    r"|more formal|less formal|larger|another option|not needed|least formal)\b", re.I)
_ALARM = re.compile(r"\b(?:police|child[- ]protect\w+|ambulance|988|911|title ix|threat[- ]assessment|emergency "
                    r"service\w*)\b", re.I)
_STEP = {
    "affective statement": r"affective|i[- ]statement", "support circle": r"support circle|circle of support",
    "re-entry": r"re-?entry|welcome[- ]back|return (?:meeting|plan)", "shuttle": r"shuttle|carr(?:y|ies) (?:messages"
                                                                                 r"|words)|go[- ]between",
    "small conference": r"(?:small|short|impromptu|brief) (?:\w+ )?conference", "conference": r"conference",
    "restorative chat": r"(?:restorative|short|brief|quiet|private|guided) (?:\w+ )?(?:chat|talk|conversation)"
                        r"|\bchat\b",
    "circle": r"circle", "none": r"no (?:joint|restorative|further) (?:step|process|meeting)",
}
_ANY_STEP = re.compile("|".join(f"(?P<s{number}>{pattern})" for number, pattern in enumerate(_STEP.values())), re.I)


def people(reading: Reading) -> float:
    text = reading.section("Who is affected and what they need")
    return share(sum(reading.names(text, person) for person in reading.gold.parties), len(reading.gold.parties))


def needs(reading: Reading) -> float:
    """Each side with a need of its own and with a harm that comes out of the report."""
    lines = _with_person_kept(reading, reading.section("Who is affected and what they need"))
    needed = sum(any(_NEED.search(line) for who, line in lines if who == person) for person in reading.sides)
    harmed = any(_HARM.search(line) and reading.shared(line) for _, line in lines)
    return 0.7 * share(needed, len(reading.sides)) + 0.3 * harmed


def preparation(reading: Reading) -> float:
    text = reading.section("Preparation and questions", "Suggested response and why")
    plain = "\n".join(line for line in sentences(text) if not line.endswith("?"))
    weights = ((_SEPARATE, 0.25), (_VOLUNTARY, 0.25), (_EXPLAIN, 0.15), (_SUPPORTER, 0.15), (_OTHERWISE, 0.2))
    return sum(weight for pattern, weight in weights if pattern.search(plain))


def questions(reading: Reading) -> float:
    """Four to eight open questions, for every side, at least two of them about this event."""
    asked = _questions_by_person(reading)
    if not asked:
        return 0.0
    own = {text.strip().lower() for _, text in asked}
    open_share = sum(bool(_OPEN.search(text)) and not _LEADING.search(text) for text in own) / len(own)
    heard = share(len({who for who, _ in asked} & set(reading.sides)), len(reading.sides))
    tied = share(sum(reading.shared(text) > 0 for text in own), 2)
    count = 1.0 if 4 <= len(own) <= 8 else 0.5 if 2 <= len(own) <= 12 else 0.0
    return (0.15 * count + 0.25 * heard + 0.35 * tied) * open_share + 0.25 * max(0.0, 2 * open_share - 1)


def repair(reading: Reading) -> float:
    """Up to four deeds with an owner and a date, tied to this event, and wanted rather than ordered."""
    items = sentences(reading.section("Repair to be agreed"))
    deeds = sorted((_completeness(reading, item) for item in items), reverse=True)
    if not deeds or deeds[0] == 0:
        return 0.0
    text = "\n".join(items)
    whole = sum(deeds[:2]) / 2
    value = 0.6 * whole + 0.2 * share(reading.shared(text), 2) + 0.2 * bool(_WILLING_REPAIR.search(text))
    return value * (1.0 if sum(deed == 1.0 for deed in deeds) <= 5 else 0.6)


def follow_up(reading: Reading) -> float:
    said = sentences(reading.section("Support and follow-up"))
    lines = [line for line in said if _CHECK.search(line) or DATE.search(line)]
    dates = {match[0].lower() for line in lines for match in DATE.finditer(line)}
    dated = "\n".join(line for line in lines if DATE.search(line))
    both = sum(reading.names("\n".join(lines), person) for person in reading.sides)
    both = len(reading.sides) if re.search(r"\b(?:both|each)\b", dated, re.I) else both
    return 0.5 * share(len(dates), 2) + 0.25 * bool(ADULT.search(dated)) + 0.25 * share(both, len(reading.sides))


def support(reading: Reading) -> float:
    text = reading.section("Support and follow-up")
    lines = _with_person_kept(reading, text)
    helped = {who for who, line in lines if who and _SUPPORT.search(line)}
    return 0.7 * share(len(helped & set(reading.sides)), len(reading.sides)) + 0.3 * bool(_CHANGE.search(text))


def citation(reading: Reading) -> float:
    """Every citation must hold; saying that nothing covers the matter is honest, half as useful beside policies."""
    cited = find_citations(reading.answer.body)
    if cited:
        return sum(is_supported(one, reading.passages) for one in cited) / len(cited)
    if says_not_covered(reading.section("Policy used")):
        return 0.5 if reading.passages else 1.0
    return 0.0


def facts(reading: Reading) -> float:
    text = reading.section("What is known")
    lines = sentences(text)
    unknown = any(_UNKNOWN.search(line) and reading.shared(line) for line in lines)
    claimed = any(_CLAIMED.search(line) and re.search(r"\b(?:Student|Staff) [A-Z]\b", line) for line in lines)
    wanted = [value.lower() for value in (reading.gold.particulars or {}).values()]
    said = " ".join(words(text))
    kept = sum(" ".join(words(value)) in said for value in wanted)
    return 0.3 * share(reading.shared(text), 4) + 0.2 * claimed + 0.3 * unknown + 0.2 * share(kept, len(wanted))


def reasons(reading: Reading) -> float:
    text = reading.section("Suggested response and why")
    said = sentences(text + "\n" + reading.answer.reasoning)
    because = any(_BECAUSE.search(line) and reading.shared(line) for line in said)
    weighed = bool(_WEIGHED.search(text + "\n" + reading.answer.reasoning))
    fits = _first_step(text) in reading.gold.responses
    return 0.45 * fits + 0.3 * because + 0.15 * weighed + 0.1 * bool(_OTHERWISE.search(text))


def safety(reading: Reading) -> float:
    """Says why nothing blocks a step (with a word of the report), or names the caution; no alarm without cause."""
    text = reading.section("Safety check")
    if reading.gold.level == "CLEAR":
        calm = re.search(r"\b(?:no|none|nothing|not|without)\b", text, re.I)
        return 0.0 if _ALARM.search(text) else 0.5 * bool(calm) + 0.5 * bool(reading.shared(text))
    codes = [code for code in reading.gold.codes if code in CONCERN]
    return share(sum(bool(CONCERN[code].search(text)) for code in codes), len(codes))


def stated_need(reading: Reading) -> float:
    """A need for access that the report states is met somewhere in the plan."""
    wanted = [word for word in words(reading.gold.need) if word not in ("a", "an")]
    said = " ".join(words(reading.answer.body))
    return share(sum(word.rstrip("s") in said for word in wanted), len(wanted))


PARTS = {
    people: 8, needs: 12, preparation: 12, questions: 12, repair: 14, follow_up: 10, support: 8, citation: 10,
    facts: 10, reasons: 8, safety: 6,
}


def parts(reading: Reading) -> dict[str, tuple[float, int]]:
    """Share and weight of every part; a stated need is a part only where the report states one."""
    chosen = {**PARTS, stated_need: 6} if reading.gold.need else PARTS
    return {part.__name__: (part(reading), weight) for part, weight in chosen.items()}


def _with_person_kept(reading: Reading, text: str) -> list[tuple[str, str]]:
    """(person, sentence); a sentence that names nobody goes on about the person named last, “both” means everyone."""
    found, last = [], ""
    for line in sentences(text):
        named = [person for person in reading.sides if reading.names(line, person)]
        if not named and re.search(r"\b(?:both|each)\b", line, re.I):
            named = list(reading.sides)
        last = named[0] if named else last
        found += [(person, line) for person in named or [last]]
    return found


def _questions_by_person(reading: Reading) -> list[tuple[str, str]]:
    """(person asked, question); the person is the one named last outside of a question."""
    text, found, last, position = reading.section("Preparation and questions"), [], "", 0
    for match in _QUESTION.finditer(text):
        between = text[position: match.start()]
        named = sorted((between.rfind(person), person) for person in reading.sides if person in between)
        last = named[-1][1] if named else last
        position = match.end()
        if len(words(match[0])) >= 3:
            found.append((last, match[0]))
    return found


def _completeness(reading: Reading, item: str) -> float:
    """A third each for the owner, the deed and the date; nothing without a deed."""
    if not any(stem(word) in _DEEDS for word in words(item)):
        return 0.0
    owner = any(reading.names(item, person) for person in reading.sides) or bool(ADULT.search(item))
    return (1 + owner + bool(DATE.search(item))) / 3


def _first_step(text: str) -> str:
    match = _ANY_STEP.search(text)
    return list(_STEP)[int(str(match.lastgroup)[1:])] if match else ""

