# SPDX-License-Identifier: Apache-2.0
"""Operations on plain text that the items share: sentences, light stems, copies, repetition, signs of prose."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from trainer.practice.citations import content_words
from trainer.practice.rubric.lexicon import ASTRAY_AFTER_ARTICLE, FUNCTION_WORDS, GENERIC_WORDS, IRREGULAR_STEMS

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_ABBREVIATION = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|vs|e\.g|i\.e)\.")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$|[\"”’'])[^.!?\n]*)*[.!?]*[\"”’']*")
_BULLET = re.compile(r"^\s*(?:[-*•]|\(?\d{1,2}[.)])\s+", re.MULTILINE)
_QUOTED = re.compile(r"[\"“][^\"”\n]{0,400}[\"”]")
_SUFFIXES = ("ings", "ing", "edly", "ied", "ies", "ed", "es", "ly", "s")
_REPEATED_SENTENCE_WORDS = 5
_GRAM, _OFTEN = 8, 3


@lru_cache(maxsize=512)
def words(text: str) -> tuple[str, ...]:
    """The lower-case words of `text`, in order."""
    return tuple(_WORD.findall(text.lower().replace("’", "'")))


def sentences(text: str) -> list[str]:
    """The sentences of `text`; a line break ends one too, and bullets are left out."""
    plain = _ABBREVIATION.sub(r"\1", _BULLET.sub("", text))
    return [found.strip() for found in _SENTENCE.findall(plain) if _WORD.search(found)]


def without_quotations(text: str) -> str:
    """`text` with everything between double quotation marks left out."""
    return _QUOTED.sub(" ", text)


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A light stem: "shoved", "shoving" and "shoves" agree, "took" and "taken" do too."""
    word = word.removesuffix("'s").removesuffix("s'")
    if word in IRREGULAR_STEMS:
        return IRREGULAR_STEMS[word]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            word = word[: -len(suffix)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "ey" else word


@lru_cache(maxsize=512)
def fact_stems(text: str) -> frozenset[str]:
    """Stems of the words of `text` that say something particular; words that any answer uses are left out."""
    found = {stem(word) for word in content_words(text) if word not in GENERIC_WORDS and len(word) > 2}
    return frozenset(found - _generic_stems())


@lru_cache(maxsize=1)
def _generic_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in GENERIC_WORDS)


def copied_share(text: str, source: str, size: int = 5) -> float:
    """Share of the words of `text` that stand in a run of at least `size` words copied from `source`."""
    own, other = words(text), words(source)
    if len(own) < size:
        return 0.0
    runs = {other[i : i + size] for i in range(len(other) - size + 1)}
    covered: set[int] = set()
    for start in range(len(own) - size + 1):
        if own[start : start + size] in runs:
            covered.update(range(start, start + size))
    return len(covered) / len(own)


def repetition(texts: list[str]) -> str:
    """The first sentence that stands twice, or run of eight words that stands four times; "" when there is none."""
    seen: Counter[tuple[str, ...]] = Counter()
    grams: Counter[tuple[str, ...]] = Counter()
    for sentence in texts:
        key = words(sentence)
        seen[key] += 1
        if seen[key] > 1 and len(key) >= _REPEATED_SENTENCE_WORDS:
            return sentence
        grams.update(key[i : i + _GRAM] for i in range(len(key) - _GRAM + 1))
    return next((" ".join(gram) for gram, count in grams.items() if count > _OFTEN), "")


def prose_fault(text: str) -> str:
    """Why `text` is not English prose ("" when it is): too few or too many small words, or articles that lead nowhere.

    In prose an article is hardly ever followed by another small word; in shuffled words it is in a third of all cases.
    """
    tokens = words(text)
    if len(tokens) < 30:
        return ""
    share = sum(word in FUNCTION_WORDS for word in tokens) / len(tokens)
    if share < 0.2:
        return "hardly any small words"
    if share > 0.75:
        return "hardly any words with content"
    articles = [i for i, word in enumerate(tokens[:-1]) if word in ("the", "an")]
    astray = sum(tokens[i + 1] in ASTRAY_AFTER_ARTICLE for i in articles)
    if len(articles) >= 4 and astray / len(articles) > 0.15:
        return "articles that lead nowhere"
    return ""
