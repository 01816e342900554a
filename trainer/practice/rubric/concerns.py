# SPDX-License-Identifier: Apache-2.0
"""Kinds of concern in a report, each with words of its first action; read only to see whether a hand-off fits.

This is not the safety gate: it decides nothing about what may be generated, and it may miss a kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trainer.practice.rubric.lexicon import ANY_CASE


@dataclass(frozen=True)
class Concern:
    """`cue` finds the kind in a report, `named` in "Concern seen", `action` its own first action."""

    code: str
    cue: re.Pattern[str]
    named: re.Pattern[str]
    action: re.Pattern[str]


def _concern(code: str, cue: str, named: str, action: str) -> Concern:
    return Concern(code, *(re.compile(rf"\b(?:{pattern})\b", ANY_CASE) for pattern in (cue, named, action)))


CONCERNS = (
    _concern("SUIC", r"kill (?:my|him|her|them)sel\w+|self-harm|suicid\w*|want(?:s|ed)? to die|not wake up"
        r"|better off without|goodbye|cut(?:s|ting)"
             r" (?:my|their|his|her)|won't be (?:here|around|a problem)|end it|disappear|unalive|giv\w+ away",
             r"suicid\w*|self-harm|not (?:be|being) (?:here|around|alive)|harm\w* (?:them|him|her)sel\w+|die"
             r"|life|danger to",
             r"stay\w* with|not alone|keep\w* (?:\w+ ){1,3}(?:company|in sight)|screen\w*|assess\w*|means|988"
             r"|emergency"),
    _concern("ABUSE", r"belt|bruis\w*|at home|uncle|stepdad|stepmother|stepfather|stepmom|mother|father|dad|mom"
        r"|locked out|no food|afraid to go home|touched|"
             r"caregiver|cord|burn\w*|boyfriend",
             r"abuse\w*|home|caregiver|adult|neglect|harm\w*|hurt|hit\w*|mistreat\w*",
             r"child[- ]protection|report\w*|hotline|agency|exact words|safe adult|authorit\w+"),
    _concern("WEAP", r"gun|knife|blade|pistol|explosive|bullets?|ammunition|weapon|box cutter",
             r"weapon|gun|knife|blade|armed|explosive\w*|box cutter|bullets?|ammunition",
             r"clear\w*|police|lock\w*|do not search|administrat\w+|secure\w*|move\w* (?:\w+ ){1,3}away"
             r"|emergency|principal"),
    _concern("IMAG", r"nudes?|deepfake|pictures? of (?:her|him|them)|private photo|undress\w*|explicit|intimate"
        r"|sexual (?:image|photo|picture)",
             r"image|photo|picture|nude\w*|video|deepfake", r"not (?:open|view|copy|forward|share)|device\w*"
                 r"|Title IX|coordinator|police|preserv\w*|administrat\w+"),
    _concern("SEXH", r"sexual\w*|grabbed|groped|touch\w*|stalk\w*|consent|rumou?rs? about (?:her|his"
        r"|their) body|lewd|unwanted",
             r"sexual\w*|harass\w*|touch\w*|unwanted|assault|boundar\w+|conduct|comments?", r"Title IX"
                 r"|coordinator|support\w*|apart|separat\w*|report\w*|away from"),
    _concern("DATE", r"ex(?:-partner|-girlfriend|-boyfriend)?|dating|partner|girlfriend|boyfriend"
        r"|protective order|broke up|checks? (?:\w+ )?phone|gripped|follows",
             r"dating|partner|control\w*|violence|relationship|ex", r"apart|separat\w*|safety plan|advocate"
                 r"|order|schedule|route\w*|Title IX|coordinator|wishes"),
    _concern("STAF", r"coach|teacher|aide|substitute|staff|adult|driver|tutor|volunteer", r"adult|staff|coach"
        r"|teacher|employee|aide|driver|substitute|tutor",
             r"administrat\w+|principal|report\w*|human resources|agency|outside|child[- ]protection|district"),
    _concern("MEDI", r"bleed\w*|blood|bled|unconscious|head|passed out|faint\w*|overdose|drunk|dizz\w*"
        r"|concussion|broken (?:arm|wrist|leg)|vomit\w*|swallow\w*|blacked? out|seizure|pills?",
             r"injur\w*|medical|head|blood|bleed\w*|health|hurt|dizz\w*|intoxicat\w*|conscious\w*|hit", r"nurse|emergency|ambulance|medical|doctor|first aid|911"),
    _concern("THRT", r"threat\w*|shoot\w*|hit list|bomb|kill\w*|list of names|wait till|get (?:you|them) (?:all"
        r"|on|after)|hurt everyone|burn down",
             r"threat\w*|list|danger|violence|shoot\w*|plan\w*|warn\w*|harm", r"threat(?:-"
                 r"| )?(?:assessment)? ?team|threat|warn\w*|protect\w*|police|administrat\w+|principal|supervis\w*"),
    _concern("RETL", r"snitch\w*|retaliat\w*|get (?:you|them|him|her) (?:back|after)|afraid of|scared of|gang"
        r"|no-contact|pay for|watch (?:your|their) back|revenge",
             r"retaliat\w*|fear\w*|afraid|pressure|revenge|scared|payback|threat\w*|warn\w*", r"safety plan"
                 r"|supervis\w*|apart|separat\w*|escort\w*|no-contact|route\w*|protect\w*"),
    _concern("HATE", r"slur|swastika|monkey|banana|go back to|terrorist|accent|hijab|headscarf|turban|race"
        r"|religion|gay|symbol|noose|identity|disab\w+|imitat\w+",
             r"slur|hate\w*|bias\w*|identit\w*|target\w*|insult\w*|group|symbol|word|mock\w*", r"civil[- ]rights|document\w*|support\w*|administrat\w+|coordinator|remov\w*|cover\w*|principal"),
    _concern("BULY", r"every day|for weeks|for (?:two|three|four|several|many) weeks|since (?:last|the)"
        r"|again and again|they all|whole group|nobody sits|keeps? (?:on )?\w+ing|repeated\w*|"
             r"all month|each (?:day|morning|lunch)|months?|daily|group of|hazing|initiation|pattern",
             r"bully\w*|pattern|repeated\w*|group|power|one-sided|again|weeks|exclu\w*|ongoing|target\w*", r"protect\w*|bullying|investigat\w*|apart|separat\w*|supervis\w*|private\w*|adult near|safe"),
    _concern("LAWE", r"detective|police|caseworker|case worker|CPS|subpoena|court|officer|investigat\w*", r"investigat\w*|police|court|officer|case\s?worker|legal",
             r"coordinat\w*|no statements?|administrat\w+|owner|wait\w*|preserv\w*|principal|district"),
    _concern("VOLU", r"does not want|says no|refus\w*|den(?:ies|y)|disput\w*|will not (?:meet|take part|talk)"
        r"|would not|not see|none of it|sit in a room|pressur\w*|unwilling|did not happen",
             r"willing|unwilling|refus\w*|den\w+|agree\w*|disput\w*|no|not want|contest\w*|voluntary|consent",
             r"separat\w*|apart|time|choice|inform\w*|no pressure|each|alone|listen\w*|support\w*|own pace"
             r"|private\w*"),
)


def kinds(report: str) -> list[Concern]:
    """The kinds whose cues stand in the report."""
    return [concern for concern in CONCERNS if concern.cue.search(report)]
