# SPDX-License-Identifier: Apache-2.0
"""What each kind of safety concern sounds like in an answer, and what a sound first action for it mentions."""

from __future__ import annotations

import re

_CONCERN_WORDS = {
    "ABUSE": r"home|famil\w+|caregiver|parent\w*|abuse|neglect\w*|child[- ]protect\w+|harm by an adult",
    "SUIC": r"suicid\w*|self-harm|own life|harm\w* (?:them|him|her)sel\w+|hopeless|die|wish to live|hurting themsel\w+",
    "WEAP": r"weapons?|guns?|pistol|kni(?:fe|ves)|blades?|firearm|explosive\w*|ammunition|dagger",
    "THRT": r"threat\w*|plan to harm|attack",
    "SEXH": r"sexual\w*|touch\w*|body|consent|title ix|unwanted",
    "IMAG": r"image\w*|photo\w*|picture\w*|nude\w*|deepfake\w*|clip|video|naked|intimate",
    "BULY": r"bully\w*|repeat\w*|pattern|one-sided|again|target\w*|hazing|group against",
    "DATE": r"control\w*|partner|relationship|dating|ex|jealous\w*|no-contact",
    "STAF": r"staff member|adult at school|coach|teacher|employee|by an adult|school adult",
    "RETL": r"retaliat\w*|afraid|fear\w*|scared|revenge|no-contact|payback|after school|unsafe",
    "MEDI": r"medical|injur\w*|bleed\w*|black\w* out|blackout|head|nurse|unconscious|breath\w*|sick|intoxicat\w*"
            r"|overdose|health",
    "DISA": r"iep|504|disabilit\w*|special education|case manager|removal|behavior plan",
    "HATE": r"slur\w*|bias\w*|hate|identity|racial|race|religio\w*|origin|targeted|disability",
    "VOLU": r"(?:un)?willing\w*|refus\w*|declin\w*|does not (?:want|agree)|says? no|voluntar\w*|den(?:y|ies|ied)"
            r"|disput\w*|contested",
    "LAWE": r"police|investigat\w*|agency|detective|court|subpoena|officer",
    "DRUG": r"vap\w*|drugs?|nicotine|substance\w*|alcohol|cannabis|smok\w*|pouch\w*|cigarette\w*|pills?",
    "CUST": r"custody|court|parents?|which (?:parent|family)|information limit\w*",
}
_FIRST_ACTION_WORDS = {
    "ABUSE": r"child[- ]protect\w+|police|report\w*|exact words|safe adult",
    "SUIC": r"stay\w* with|alone|screen\w*|crisis|emergency|guardian|qualified",
    "WEAP": r"police|clear the|administrat\w+|principal|search|distance",
    "THRT": r"threat(?:[- ]assessment)? team|principal|administrat\w+|exact words|triage",
    "SEXH": r"title ix|coordinator|police|child[- ]protect\w+|supportive measures",
    "IMAG": r"title ix|police|view|copy|forward\w*|device\w*|principal|administrat\w+",
    "BULY": r"investigat\w*|supervis\w*|protect\w*|report\w*|administrat\w+|principal",
    "DATE": r"safety plan|title ix|advocate|separate\w*|alone|schedule|private\w*",
    "STAF": r"principal|human resources|hr|administrat\w+|child[- ]protect\w+|report\w*|away from",
    "RETL": r"supervis\w*|no-contact|safety plan|route\w*|escort\w*|watch\w*|way home|adult",
    "MEDI": r"nurse|emergency|ambulance|911|first aid|guardian|doctor",
    "HATE": r"support\w*|document\w*|civil[- ]rights|report\w*|principal|administrat\w+|record\w*|write down",
    "VOLU": r"ask\w*|inform\w*|time|supporter|indirect\w*|apart|separate\w*|alone|tell|pause\w*|stop\w*",
    "LAWE": r"investigat\w*|agency|police|officer|coordinate|statement\w*|principal|wait\w*",
}


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


CONCERN = {code: _whole_words(pattern) for code, pattern in _CONCERN_WORDS.items()}
FIRST_ACTION = {code: _whole_words(pattern) for code, pattern in _FIRST_ACTION_WORDS.items()}
