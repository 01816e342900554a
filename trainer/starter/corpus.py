# SPDX-License-Identifier: Apache-2.0
"""Writes the starter's answers: the contract's two forms, of mixed quality on purpose.

Reinforcement learning has to find something to improve, so a fixed share of what a careful counselor would write is
left out or said badly. Every answer has a level of care (`CARE`); an element is written well with that probability
plus its own offset (`OFFSET`). Both tables were fixed before any reinforcement learning and are not tuned to it.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.practice import contract
from trainer.practice.citations import Passage, content_words
from trainer.practice.generator import Draft
from trainer.starter import passages as policy_bank

#: (share of answers, probability that an element is written well)
CARE = ((0.20, 0.45), (0.40, 0.68), (0.40, 0.92))
#: Elements that are left out more (negative) or less (positive) often than the answer's care says.
OFFSET = {
    "reasoning.facts": 0.3,
    "reasoning.harm": 0.2,
    "reasoning.reject": -0.2,
    "reasoning.option": 0.1,
    "safety.reopen": -0.2,
    "known.unknown": 0.0,
    "affected.harmed": 0.25,
    "affected.caused": 0.05,
    "response.fallback": -0.15,
    "repair.undone": -0.2,
    "support.close": -0.15,
    "support.setting": -0.1,
    "policy.privacy": -0.25,
    "policy.cited": 0.05,
    "prepare.supporter": -0.1,
    "known.claim": -0.1,
    "safety.reason": 0.15,
    "safety.first": -0.15,
    "known.view": -0.25,
    "prepare.express": -0.2,
    "support.again": -0.2,
    "handoff.over": 0.1,
    "handoff.no_inquiry": -0.1,
    "handoff.private": -0.2,
    "handoff.choice": -0.15,
    "handoff.others": -0.15,
}
RESPONSE_WORDS = {
    "affective statement": "an affective statement",
    "restorative chat": "a restorative chat",
    "small conference": "a small conference",
    "shuttle": "a shuttle process",
    "circle": "a responsive circle",
    "conference": "a prepared conference",
    "support circle": "a support circle",
    "re-entry": "a re-entry meeting",
}
FORMALITY = list(RESPONSE_WORDS)
FALLBACKS = ("a shuttle process", "separate talks", "a message carried by {S}", "separate talks with {S}")
#: Share of reasonings that dwell on the needs, and on the options.
MENTIONED = 0.5
#: A fact is said again in one clause of at least this many words, not in the whole sentence.
CLAUSE_WORDS = 6
#: Share of examples whose prompt is filled with policies up to about 2,000 tokens.
LONG_SHARE = 0.04
#: Words; well inside the contract's limits, so that the model's own answers stay inside them too.
LONGEST_BODY = {"full": 400, "handoff": 160}
YOUNG = ("PK-K", "1-2")
#: Changes the passages of a prompt, and those of them that fit, in place.
Vary = Callable[[list[Passage], list[Passage], random.Random], None]
#: The category in which the student at risk is the first one, whom the talk was about.
DISCLOSURE = 24


@dataclass(frozen=True)
class Example:
    """One document of the corpus: the prompt's passages, the answer, the code of its concern, and what it came from."""

    draft: Draft
    passages: tuple[Passage, ...]
    answer: str
    concern: str | None
    is_whole: bool = True


class CorpusWriter:
    """Writes answers for drafts; `gate` maps a code to its lists of the gate's rule file."""

    def __init__(self, gate: dict[str, dict[str, Any]]) -> None:
        self.gate = gate
        self.phrases = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))
        self.policies = policy_bank.load_bank()

    def example(
        self,
        draft: Draft,
        rng: random.Random,
        vary: Vary | None = None,
    ) -> Example:
        """An answer to `draft` with invented policy passages; redrawn until the contract holds."""
        given, relevant = self.passages(draft, rng, vary)
        write = self._handoff if draft.scenario.gold.form == "handoff" else self._full
        care = rng.choices([c for _, c in CARE], [share for share, _ in CARE])[0]
        for attempt in range(60):
            answer = write(draft, given, relevant, rng, care + rng.uniform(-1.0, 1.0) * attempt / 60)
            parsed = contract.parse(answer)
            if parsed.is_valid and contract.count_words(parsed.body) <= LONGEST_BODY[parsed.form or "full"]:
                concern = self.concern(draft) if draft.scenario.gold.form == "handoff" else None
                return Example(draft, tuple(given), answer, concern)
        raise RuntimeError(f"no valid answer could be written for family {draft.event['family']}")

    def passages(
        self, draft: Draft, rng: random.Random, vary: Vary | None = None
    ) -> tuple[list[Passage], list[Passage]]:
        """Invented policy passages for the prompt, and those of them that fit the incident."""
        many = rng.random() < LONG_SHARE
        given, relevant = policy_bank.invent(self.policies, draft.scenario.category, rng, many=many)
        if vary:
            vary(given, relevant, rng)
        return given, relevant

    def concern(self, draft: Draft) -> str:
        """The gravest of a gated report's codes."""
        return next(c for c in sorted(draft.scenario.gold.codes, key=self._severity) if c in self.gate)

    def decision(self, code: str | None, rng: random.Random) -> str:
        """The first two sentences of a reasoning: whether to wait, and for the concern of `code` (None: no)."""
        slots = {"concern": rng.choice(self.gate[code]["concern"]) if code else ""}
        say = _Speaker(self.phrases, slots, rng, care=1.0)
        said = say.sentences(say.pick("reasoning.wait"), say.pick("reasoning.stop" if code else "reasoning.clear"))
        return contract.REASONING_OPEN + said

    def _full(
        self, draft: Draft, given: Sequence[Passage], relevant: Sequence[Passage], rng: random.Random, care: float
    ) -> str:
        slots = self._slots(draft, rng, care)
        say = _Speaker(self.phrases, slots, rng, care)
        young = draft.scenario.case.grade_band in YOUNG
        between = [key for key in ("need", "option") if rng.random() < MENTIONED]
        reasoning = say.join(
            *(f"reasoning.{key}" for key in ("wait", "clear", "facts", "harm", *between, "reject", "choice"))
        )
        caution = [c for c in draft.scenario.gold.codes if c != "VOLU"]
        check = [say.pick(f"safety.{c if c in self.phrases['safety'] else 'OTHER'}", good=True) for c in caution[:1]]
        need = ["prepare.need"] if draft.scenario.gold.need else []
        sections = {
            "Safety check": say.sentences(
                *check, *say.all("safety.first", "safety.reason", "safety.told", "safety.reopen")
            ),
            "What is known": say.sentences(
                say.pick("known.fact", good=True),
                say.pick("known.where_thing" if slots["thing"] and rng.random() < 0.7 else "known.where", good=True),
                *say.all("known.claim", "known.unknown", "known.view"),
            ),
            "Who is affected and what they need": say.join("affected.harmed", "affected.caused", "affected.wider"),
            "Suggested response and why": say.join("response.step", "response.ready", "response.fallback"),
            "Preparation and questions": say.sentences(
                *say.all("prepare.separate", "prepare.choice", "prepare.supporter", *need, "prepare.express"),
                say.pick("prepare.young", good=True) if young and say.is_good("prepare.young") else "",
                say.pick("prepare.questions"),
            ),
            "Repair to be agreed": say.join("repair.item", "repair.second", "repair.chosen", "repair.undone"),
            "Support and follow-up": say.join(
                *(f"support.{key}" for key in ("cause", "skill", "setting", "harmed", "check", "again", "close"))
            ),
            "Policy used": self._policy(say, given, relevant, rng),
        }
        return _assemble(reasoning, sections)

    def _policy(self, say: _Speaker, given: Sequence[Passage], relevant: Sequence[Passage], rng: random.Random) -> str:
        if not relevant:
            return say.sentences(say.pick("policy.silent"), say.pick("policy.privacy"))
        passage = rng.choice(relevant)
        say.slots |= {"pid": passage.id, "quote": _quotation(passage.text, rng)}
        return say.sentences(say.pick("policy.cited"), say.pick("policy.privacy"))

    def _handoff(
        self, draft: Draft, given: Sequence[Passage], relevant: Sequence[Passage], rng: random.Random, care: float
    ) -> str:
        slots = self._slots(draft, rng, care)
        bank = self.gate[self.concern(draft)]
        deciders = [text for text in bank["decides"] if "," not in text and " about " not in text]
        deciders = deciders or [text.partition(",")[0] for text in bank["decides"]]
        slots |= {"concern": rng.choice(bank["concern"]), "decider": rng.choice(deciders)}
        slots["reopen"] = rng.choice(bank["reopen"]).rstrip(".")
        slots |= {"Concern": _upper(slots["concern"]), "Decider": _upper(slots["decider"])}
        part = "handoff" if draft.has_second_student else "handoff_alone"
        if part == "handoff_alone" or draft.scenario.category == DISCLOSURE:
            slots |= {"A": slots["B"] if part == "handoff" else slots["A"], "B": slots["A"]}
        say = _Speaker(self.phrases, slots, rng, care)
        actions = rng.sample(bank["first_actions"], min(len(bank["first_actions"]), 3 if say.is_good("actions") else 1))
        never = rng.sample(bank["never"], min(len(bank["never"]), 2 if say.is_good("never") else 1))
        sections = {
            "Concern seen": say.sentences(say.pick("handoff.seen", good=True), say.pick("handoff.where", good=True)),
            "First actions now": say.sentences(
                *map(_sentence, actions), say.pick("handoff.tell", good=True) if say.is_good("tell") else ""
            ),
            "Do not": say.sentences(
                *(_sentence("Do not " + line) for line in never),
                *say.all(f"{part}.no_meeting", f"{part}.no_inquiry", "handoff.private"),
            ),
            "Who decides": say.pick("handoff.who"),
            "Support meanwhile": say.sentences(
                say.pick("handoff.support", good=True),
                _sentence(rng.choice(bank["meanwhile"])),
                *say.all(f"{part}.student", "handoff.choice", "handoff.others"),
            ),
            "When a restorative step could be reconsidered": say.pick("handoff.reopen"),
        }
        reasoning = say.join("reasoning.wait", "reasoning.stop", "reasoning.facts", f"{part}.because", "handoff.over")
        return _assemble(reasoning, sections)

    def _severity(self, code: str) -> int:
        return {"STOP": 0, "HOLD": 1, "CAUTION": 2}.get(str(self.gate.get(code, {}).get("level")), 3)

    def _slots(self, draft: Draft, rng: random.Random, care: float) -> dict[str, str]:
        """Everything that a phrase may name, drawn once so that an answer stays of one piece."""
        category, base = draft.category, dict(draft.slots)
        fact = clause(rng.choice([line for line in draft.sentences if "Student" in line] or draft.sentences))
        base |= {"fact": fact, "fact_inner": _inner(fact), "need": draft.scenario.gold.need, "P": draft.slots["P"]}

        def draw(key: str, count: int) -> list[str]:
            """Prefers texts that name the thing or the place: the more, the more careful the answer is."""
            usable = [text for text in category[key] if base["thing"] or "{thing}" not in text]
            rng.shuffle(usable)
            if rng.random() < care:
                usable.sort(key=lambda text: "{thing}" not in text and "{place}" not in text)
            chosen = usable[:count]
            rng.shuffle(chosen)
            return [text.format(**base).strip() for text in chosen]

        for key, source in {
            "harm": "harms",
            "need_b": "harmed_needs",
            "need_a": "caused_needs",
            "wider": "wider",
            "skill": "skills",
            "setting": "settings",
            "cause": "causes",
        }.items():
            base[key] = draw(source, 1)[0].rstrip(".")
        for names, source in {
            ("repair1", "repair2"): "repairs",
            ("unk1", "unk2"): "unknowns",
            ("qb1", "qb2"): "questions_harmed",
            ("qa1", "qa2"): "questions_caused",
        }.items():
            base |= dict(zip(names, draw(source, 2), strict=True))
        base |= {
            "day1": rng.choice(self.phrases["days"]["any"]),
            "day2": rng.choice(self.phrases["days"]["any"]),
            "n1": rng.choice(self.phrases["numbers"]["days"]),
            "n2": rng.choice(self.phrases["numbers"]["weeks"]),
        }
        return base | self._response(draft, base, rng)

    def _response(self, draft: Draft, base: dict[str, str], rng: random.Random) -> dict[str, str]:
        steps = [s for s in draft.scenario.gold.responses if s in RESPONSE_WORDS] or ["restorative chat"]
        step = rng.choice(steps)
        other = rng.choice([s for s in FORMALITY[:6] if s not in steps] or ["conference"])
        why = "small" if FORMALITY.index(other) > FORMALITY.index(step) else "large"
        out = {
            "response": RESPONSE_WORDS[step],
            "other": RESPONSE_WORDS[other],
            "why_not": rng.choice(self.phrases["why_not"][why]).format(**base),
            "reason": rng.choice(self.phrases["reason"]["any"]).format(**base),
            "safe_fact": rng.choice(self.phrases["safe_fact"]["any"]).format(**base),
        }
        out["fallback"] = rng.choice([f for f in FALLBACKS if f != out["response"]]).format(**base)
        return out | {key.capitalize(): _upper(out[key]) for key in ("response", "other", "safe_fact")}


class _Speaker:
    """Draws phrases for one answer; `care` decides between the good and the weak list of an element."""

    def __init__(self, phrases: dict[str, Any], slots: dict[str, str], rng: random.Random, care: float) -> None:
        self.phrases, self.slots, self.rng, self.care = phrases, slots, rng, care

    def is_good(self, element: str) -> bool:
        return self.rng.random() < self.care + OFFSET.get(element.replace("_alone", ""), 0.0)

    def pick(self, element: str, *, good: bool | None = None) -> str:
        part, _, name = element.partition(".")
        lists = self.phrases[part][name]
        kind = "good" if (self.is_good(element) if good is None else good) or "weak" not in lists else "weak"
        return self.rng.choice(lists[kind]).format(**self.slots)

    def all(self, *elements: str) -> list[str]:
        return [self.pick(element) for element in elements]

    def join(self, *elements: str) -> str:
        return self.sentences(*self.all(*elements))

    def sentences(self, *parts: str) -> str:
        found = [_sentence(part).replace('.".', '."').replace('?".', '?"') for part in parts if part]
        return " ".join(found) or "Nothing more is known yet."


def _assemble(reasoning: str, sections: dict[str, str]) -> str:
    body = "\n".join(f"## {heading}\n{text}" for heading, text in sections.items())
    return f"{contract.REASONING_OPEN}{reasoning}{contract.REASONING_CLOSE}\n{body}"


def _quotation(text: str, rng: random.Random) -> str:
    """One sentence of the passage, or its beginning; always at least five content words."""
    sentences = [s if s.endswith(".") else s + "." for s in text.split(". ")]
    rng.shuffle(sentences)
    for sentence in sentences:
        words = sentence.split()
        if len(content_words(sentence)) >= 5:
            if len(words) > 14 and rng.random() < 0.5:
                short = " ".join(words[: rng.randint(11, 14)])
                return short if len(content_words(short)) >= 5 else sentence
            return sentence
    return text


def clause(sentence: str) -> str:
    """The sentence up to the first comma, semicolon or "and" behind `CLAUSE_WORDS` words, outside quotations."""
    for match in re.finditer(r"[,;]? and |[,;:] ", sentence):
        before = sentence[: match.start()]
        if len(before.split()) >= CLAUSE_WORDS and before.count('"') % 2 == 0:
            return before + "."
    return sentence


def _inner(sentence: str) -> str:
    text = sentence.rstrip(".!? ")
    return text if text.startswith(("Student", "Staff", "I ")) else text[:1].lower() + text[1:]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    text = _upper(text.strip())
    return text if text.endswith((".", "?", "!", '"')) else text + "."
