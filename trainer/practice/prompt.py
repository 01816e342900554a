# SPDX-License-Identifier: Apache-2.0
"""Builds the messages that every model sees: in use, in training, in comparison and in judging.

Laid out stable first (system, policies, then the incident) so that a prefilled prefix can be kept. People's names
become role words with stable letters before any model sees them and come back afterwards. Incident and policy text
is data: it stands between markers and chat-format tokens in it are broken up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trainer.practice.case import Account, Case
from trainer.practice.citations import Passage

SYSTEM = (
    "You help a school counselor with a restorative response. Use only facts from the report. First think in "
    "<reasoning></reasoning>, then write the headings: ## Safety check, ## What is known, ## Who is affected and what "
    "they need, ## Suggested response and why, ## Preparation and questions, ## Repair to be agreed, ## Support and "
    'follow-up, ## Policy used. Cite a policy as [id] "words of the passage", or say that the policies do not cover '
    "it. If someone may be in danger, write the hand-off instead: ## Concern seen, ## First actions now, ## Do not, "
    "## Who decides, ## Support meanwhile, ## When a restorative step could be reconsidered."
)
ROLE_LINES = {
    "caused_harm": "caused harm",
    "harmed": "was harmed",
    "both": "caused harm and was harmed",
    "witness": "saw it",
    "affected": "is affected",
    "supporter": "supporter",
    "staff": "staff",
}
_CHAT_TOKEN = re.compile(r"<\|([a-zA-Z_]+)\|>")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class MaskedCase:
    """A case whose people are role words; `names` maps each role word ("Student A") to the name that was entered."""

    case: Case
    names: Mapping[str, str]


def mask(case: Case) -> MaskedCase:
    """Replace every party's name by a role word with a stable letter: Student A, B… in order; Staff A, B… for staff."""
    names: dict[str, str] = {}
    students = staff = 0
    for party in case.parties:
        if party.role == "staff":
            names[f"Staff {_LETTERS[staff]}"] = party.name
            staff += 1
        else:
            names[f"Student {_LETTERS[students]}"] = party.name
            students += 1
    word_of = {name: word for word, name in names.items()}
    pattern = _any_name(word_of)
    swap = (lambda text: pattern.sub(lambda m: word_of[_canonical(m.group(0), word_of)], text)) if pattern else str
    masked = replace(
        case,
        narrative=swap(case.narrative),
        location=swap(case.location) if case.location else case.location,
        parties=tuple(replace(p, name=word_of[p.name]) for p in case.parties),
        accounts=tuple(Account(word_of.get(a.party, a.party), swap(a.text)) for a in case.accounts),
        willing={word_of.get(name, name): answer for name, answer in case.willing.items()},
    )
    return MaskedCase(masked, names)


def restore_names(text: str, names: Mapping[str, str]) -> str:
    """Put the entered names back in place of the role words."""
    if not names:
        return text
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(names, key=len, reverse=True)))
    return pattern.sub(lambda match: names[match.group(0)], text)


def build_messages(masked: Case, passages: Sequence[Passage]) -> list[dict[str, str]]:
    """Return the chat messages (system, user) for a masked case and the retrieved policy passages."""
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": user_text(masked, passages)}]


def user_text(masked: Case, passages: Sequence[Passage]) -> str:
    """The user message: policies first, then the report."""
    lines = ["Policies:"]
    lines += [f"[{p.id}] {_plain(p.heading)}: {_plain(p.text)}" for p in passages] or ["none given"]
    lines += ["", "Report:"]
    if masked.grade_band:
        lines.append(f"Grades: {masked.grade_band}")
    if masked.location:
        lines.append(f"Place: {_plain(masked.location)}")
    if masked.severity:
        lines.append(f"Severity: {masked.severity} of 4")
    if masked.parties:
        lines.append("People: " + "; ".join(f"{p.name} ({ROLE_LINES[p.role]})" for p in masked.parties))
    lines.append(_plain(masked.narrative))
    lines += [f"{a.party} says: {_plain(a.text)}" for a in masked.accounts]
    unwilling = [name for name, answer in masked.willing.items() if answer in ("no", "withdrew")]
    if unwilling:
        lines.append("Not willing to meet: " + ", ".join(unwilling))
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Data for the prompt: chat-format tokens broken up, one line."""
    return " ".join(_CHAT_TOKEN.sub(r"(\1)", text).split())


def _any_name(word_of: Mapping[str, str]) -> re.Pattern[str] | None:
    if not word_of:
        return None
    longest_first = sorted(word_of, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest_first), re.IGNORECASE)


def _canonical(found: str, word_of: Mapping[str, str]) -> str:
    return found if found in word_of else next(name for name in word_of if name.lower() == found.lower())
