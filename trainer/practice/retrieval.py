# SPDX-License-Identifier: Apache-2.0
"""Finds the policy passages for a case: BM25 over stemmed words, no index on disk, no library."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from trainer.practice.case import Case
from trainer.practice.citations import Passage, content_words

#: Usual BM25 constants; passages are short and of like length, so the length counts half.
_K1 = 1.2
_B = 0.5
_HEADING_WEIGHT = 2
#: Word endings taken off, longest first; enough for English policy prose, and never below three letters.
_ENDINGS = ("ations", "ation", "ments", "ment", "ness", "ingly", "ings", "ing", "edly", "ed", "es", "ly", "s", "e")
#: "ly" comes off long words only: "quickly", but not "bully" or "family".
_SHORTEST_STEM = {"ly": 5}


def retrieve(query: str, passages: Sequence[Passage], limit: int = 3) -> list[Passage]:
    """The `limit` passages that fit `query` best, best first; passages that share no word with it are left out."""
    documents = [Counter(stems(p.heading) * _HEADING_WEIGHT + stems(p.text)) for p in passages]
    scores = _scores(set(stems(query)), documents)
    ranked = sorted((-score, index) for index, score in enumerate(scores) if score > 0)
    return [passages[index] for _, index in ranked[:limit]]


def case_query(case: Case) -> str:
    """The words of a case to search with: report, accounts and place, without people's names."""
    text = " ".join([case.narrative, *(account.text for account in case.accounts), case.location or ""])
    for party in case.parties:
        text = re.sub(rf"(?<!\w){re.escape(party.name)}(?!\w)", " ", text, flags=re.IGNORECASE)
    return " ".join(text.split())


def stems(text: str) -> list[str]:
    """The stemmed content words of `text`, in order."""
    return [_stem(part) for word in content_words(text) for part in re.split(r"[-']", word) if len(part) > 1]


def _stem(word: str) -> str:
    if word.endswith(("ied", "ies")) and len(word) > 4:
        return word[:-2]
    for ending in _ENDINGS if not word.endswith("ss") else ():
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM.get(ending, 3):
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def _scores(query: set[str], documents: Sequence[Counter[str]]) -> list[float]:
    if not documents:
        return []
    average = max(1.0, sum(document.total() for document in documents) / len(documents))
    holding = Counter(word for document in documents for word in document if word in query)
    scores = []
    for document in documents:
        norm = _K1 * (1 - _B + _B * document.total() / average)
        scores.append(sum(
            math.log(1 + (len(documents) - holding[word] + 0.5) / (holding[word] + 0.5))
            * document[word] * (_K1 + 1) / (document[word] + norm)
            for word in query if word in document
        ))
    return scores
