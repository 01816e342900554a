# SPDX-License-Identifier: Apache-2.0
"""Turns the corpus into batches of token ids with a weight per token.

The answer counts, the prompt hardly; what has to be copied from the prompt (facts, place, time, thing, a citation)
counts more, because copying is what a small model learns last; the one word in the reasoning that decides between the
two forms counts most. Other batches hold repeated random sequences: they teach to look back and to go on as it went on
there. Without them this model never learnt it (0 % of repeated tokens after 20M tokens) and recited instead of copying.
"""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from tokenizers import Tokenizer

from trainer.practice import prompt
from trainer.practice.generator import Banks, drafts
from trainer.practice.rubric.wording import sentences
from trainer.starter.corpus import CorpusWriter, Example, clause
from trainer.starter.tokenizer import TURN_END, render
from trainer.starter.variation import Variation

PROMPT_WEIGHT, ANSWER_WEIGHT, COPY_WEIGHT, DECISION_WEIGHT = 0.08, 1.0, 2.5, 12.0
MAX_TOKENS = 2304
#: The line of the prompt behind which the report begins.
REPORT_BEGINS = "\nReport:\n"
#: What a report may raise; the first stands for nothing. Their order is that of the rows of the head in training.
CONCERNS = (
    None,
    *("ABUSE", "BULY", "DATE", "HATE", "IMAG", "LAWE", "MEDI", "RETL", "SEXH", "STAF", "SUIC", "THRT", "VOLU", "WEAP"),
)
#: Share of whole answers in which a few words stand again, how many tokens, and how often; see `stumbled`.
STUMBLES, STUMBLED_TOKENS, STUMBLED_TIMES = 0.25, (2, 12), (1, 3)
#: Share of examples that are cut off behind the decision.
SHORT_SHARE = 0.75
#: Share of these that have policies in their prompt.
POLICIES_SHARE = 0.35
#: Share of these, by the level of their report, that get a cue sentence or a miniature report.
CUE_SHARES = {"CLEAR": 0.85, "CAUTION": 0.0, "HOLD": 0.65, "STOP": 0.65}


@dataclass(frozen=True)
class Batch:
    """`ids` (rows, length) int64, right-padded with 0; `weights` (rows, length) float32, 0 where there is no target.

    `report` (rows, length) bool marks the tokens of the report, `concern` (rows) int64 says what it raises (an index
    into `CONCERNS`, 0 for nothing); both are None where a row is no document. `is_short`: no row is a whole answer.
    """

    ids: np.ndarray
    weights: np.ndarray
    report: np.ndarray | None = None
    concern: np.ndarray | None = None
    is_short: bool = False


@dataclass(frozen=True)
class Row:
    """One document: `ids` int64 and `weights` float32 of the same length, its report's (begin, end), its concern.

    Its answer begins at the token `answer`.
    """

    ids: np.ndarray
    weights: np.ndarray
    report: tuple[int, int]
    concern: int
    answer: int
    is_whole: bool = True


def stream(writer: CorpusWriter, banks: Banks, seed: int, short_share: float = SHORT_SHARE) -> Iterator[Example]:
    """Endless training examples, `short_share` of them cut off behind the decision between the two forms."""
    rng = random.Random(f"starter-{seed}")
    variation = Variation(banks)
    harmless: deque[str] = deque(maxlen=400)
    for draft in drafts(banks, "train", seed, variation.slots):
        if draft.scenario.gold.level == "CLEAR":
            harmless.extend(sentences(draft.scenario.case.narrative))
        is_short = rng.random() < short_share
        if is_short and rng.random() < CUE_SHARES[draft.scenario.gold.level]:
            draft, code = variation.with_cue(draft, rng)
            given = writer.passages(draft, rng, variation.passages)[0] if rng.random() < POLICIES_SHARE else ()
            yield Example(variation.thinned(draft, rng), tuple(given), writer.decision(code, rng), code, is_whole=False)
        elif is_short:
            example = _shortened(writer.example(draft, rng, variation.passages), rng)
            beside = variation.company(example.draft, list(harmless), rng)
            yield replace(example, draft=variation.thinned(beside, rng))
        else:
            yield writer.example(variation.sentences(draft, rng), rng, variation.passages)


def _shortened(example: Example, rng: random.Random) -> Example:
    """The report, often without policies, and the answer up to its second sentence.

    Reading a report rightly needs many different reports, and this shows three in the time of one.
    """
    question, _, rest = example.answer.partition("? ")
    said = re.split(r"(?<=[.;:,]) ", rest, maxsplit=2)[:2]
    passages = example.passages if rng.random() < POLICIES_SHARE else ()
    return replace(example, passages=passages, answer=f"{question}? {' '.join(said)}", is_whole=False)


def text_of(example: Example) -> tuple[str, str]:
    """Prompt and answer as the chat template writes them."""
    before, answer = render(prompt.build_messages(example.draft.scenario.case, example.passages), example.answer)
    return before, answer if example.is_whole else answer[: len(example.answer)]


def encode(tokenizer: Tokenizer, example: Example) -> Row:
    """One example as token ids, with what is to be learnt from it."""
    before, answer = text_of(example)
    prompt_tokens = tokenizer.encode(before)
    first = prompt_tokens.ids
    second = tokenizer.encode(answer)
    weights = np.full(len(first) + len(second.ids), PROMPT_WEIGHT, np.float32)
    weights[len(first) :] = ANSWER_WEIGHT
    spans, decided = _copied_spans(example, answer), answer.index("? ") + 1
    for index, (start, end) in enumerate(second.offsets):
        if any(start < stop and end > begin for begin, stop in spans):
            weights[len(first) + index] = COPY_WEIGHT
        if start == decided:
            weights[len(first) + index] = DECISION_WEIGHT
    weights[0] = 0
    report = _token_span(prompt_tokens.offsets, before.rindex(REPORT_BEGINS), before.rindex(TURN_END))
    ids = np.array([*first, *second.ids], np.int64)
    concern = CONCERNS.index(example.concern)
    return Row(ids[:MAX_TOKENS], weights[:MAX_TOKENS], report, concern, len(first), example.is_whole)


def stumbled(row: Row, rng: random.Random) -> Row:
    """The same document, in a share of the whole answers with a few words said again that are no target.

    A model that goes on as it went on before goes on repeating itself once it has begun to: of 200 answers three ended
    in a loop. No document of training says a thing three times, so none had shown the way out, which is the word that
    was due.
    """
    length, times = rng.randint(*STUMBLED_TOKENS), rng.randint(*STUMBLED_TIMES)
    if not row.is_whole or rng.random() > STUMBLES or len(row.ids) < row.answer + 2 * length + 2:
        return row
    at = rng.randint(row.answer + length, len(row.ids) - 2)
    again = np.tile(row.ids[at - length : at], times)
    weights = np.concatenate((row.weights[:at], np.zeros(len(again), np.float32), row.weights[at:]))
    weights[at + len(again)] = max(COPY_WEIGHT, weights[at + len(again)])
    ids = np.concatenate((row.ids[:at], again, row.ids[at:]))
    return replace(row, ids=ids[:MAX_TOKENS], weights=weights[:MAX_TOKENS])


def _token_span(offsets: list[tuple[int, int]], begin: int, end: int) -> tuple[int, int]:
    """First and last-but-one index of the tokens that lie between two places of the text."""
    inside = [index for index, (start, stop) in enumerate(offsets) if start >= begin and stop <= end]
    return inside[0], inside[-1] + 1


def _copied_spans(example: Example, answer: str) -> list[tuple[int, int]]:
    needles = list((example.draft.scenario.gold.particulars or {}).values())
    needles += [p.id for p in example.passages]
    needles += [clause(sentence).rstrip(".!? ")[1:] for sentence in example.draft.sentences]
    spans = []
    for needle in needles:
        at = answer.find(needle)
        while at >= 0:
            spans.append((at, at + len(needle)))
            at = answer.find(needle, at + 1)
    at = answer.find('] "')
    if at >= 0:
        spans.append((at, answer.find('"', at + 3) + 1))
    return spans


def batches(
    tokenizer: Tokenizer, examples: Iterator[Example], tokens_per_batch: int, seed: int, pool: int = 1536
) -> Iterator[Batch]:
    """Batches of about `tokens_per_batch`, whole answers apart, rows of like length together, in random order."""
    rng = random.Random(f"batches-{seed}")
    while True:
        rows = (stumbled(encode(tokenizer, next(examples)), rng) for _ in range(pool))
        groups: list[list[Row]] = [[]]
        for row in sorted(rows, key=lambda row: (row.is_whole, len(row.ids))):
            is_other = bool(groups[-1]) and groups[-1][0].is_whole != row.is_whole
            if is_other or (groups[-1] and (len(groups[-1]) + 1) * len(row.ids) > tokens_per_batch):
                groups.append([])
            groups[-1].append(row)
        rng.shuffle(groups)
        yield from map(_pad, groups)


def repeated(tokens_per_batch: int, vocabulary: int, rng: np.random.Generator, length: int = 256) -> Batch:
    """Random sequences, each repeated until the row is full; only the repetitions count."""
    rows = max(1, tokens_per_batch // length)
    ids, weights = np.zeros((rows, length), np.int64), np.zeros((rows, length), np.float32)
    for row in range(rows):
        period = int(rng.integers(8, length * 2 // 5))
        part = rng.integers(3, vocabulary, period)
        ids[row] = np.resize(part, length)
        weights[row, period + 1 :] = 1.0
    return Batch(ids, weights)


def _pad(rows: list[Row]) -> Batch:
    length = max(len(row.ids) for row in rows)
    ids, weights = np.zeros((len(rows), length), np.int64), np.zeros((len(rows), length), np.float32)
    report = np.zeros((len(rows), length), bool)
    for index, row in enumerate(rows):
        ids[index, : len(row.ids)], weights[index, : len(row.ids)] = row.ids, row.weights
        report[index, slice(*row.report)] = True
    return Batch(ids, weights, report, np.array([row.concern for row in rows]), not any(row.is_whole for row in rows))
