# SPDX-License-Identifier: Apache-2.0
"""Invents policy passages for the corpus, so that a citation has to be copied from the prompt."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import Any

from trainer.practice.citations import Passage

ANY_TOPIC, NO_TOPIC = 0, 99


def load_bank() -> dict[str, Any]:
    """The passage banks beside this file: templates, and whole passages as a handbook has them."""
    here = Path(__file__)
    bank = tomllib.loads(here.with_name("passages.toml").read_text(encoding="utf-8"))
    bank["passage"] += tomllib.loads(here.with_name("passages_whole.toml").read_text(encoding="utf-8"))["passage"]
    return bank


def invent(
    bank: dict[str, Any], category: int, rng: random.Random, *, many: bool = False
) -> tuple[list[Passage], list[Passage]]:
    """Zero to four passages (or about twenty) for an incident of `category`, shuffled, and those that apply to it."""
    kind = rng.random()
    if kind < 0.06:
        return [], []
    count = rng.choice((2, 3, 3, 3, 3, 4))
    wanted = (
        [NO_TOPIC] * count
        if kind < 0.16
        else [category, ANY_TOPIC, rng.choice((ANY_TOPIC, NO_TOPIC, category)), rng.choice((NO_TOPIC, ANY_TOPIC))]
    )
    document = rng.choice(bank["documents"])
    chosen: list[Passage] = []
    relevant: list[Passage] = []
    if many:
        wanted, count = [*wanted[:count], *rng.choices((NO_TOPIC, rng.randint(1, 24)), k=rng.randint(10, 20))], 30
    for topic in wanted[:count]:
        passage = _passage(bank, topic, document if rng.random() < 0.5 else rng.choice(bank["documents"]), rng)
        if any(p.id == passage.id or p.text == passage.text for p in chosen):
            continue
        chosen.append(passage)
        if topic != NO_TOPIC:
            relevant.append(passage)
    rng.shuffle(chosen)
    return chosen, relevant


def _passage(bank: dict[str, Any], topic: int, document: str, rng: random.Random) -> Passage:
    groups = [g for g in bank["passage"] if topic in g["topics"]] or [
        g for g in bank["passage"] if ANY_TOPIC in g["topics"]
    ]
    group = rng.choice(groups)
    slots = {key: rng.choice(values) for key, values in bank["slots"].items()}
    slots["n2"] = rng.choice(bank["slots"]["n"])
    text = rng.choice(group["texts"]).format(**slots)
    text = ". ".join(part[:1].upper() + part[1:] for part in text.split(". "))
    section = f"{rng.randint(1, 9)}.{rng.randint(1, 9)}" if rng.random() < 0.8 else str(rng.randint(1, 20))
    return Passage(f"{document}-{section}", rng.choice(group["headings"]), text)
