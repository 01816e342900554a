# SPDX-License-Identifier: Apache-2.0
"""The conversion proof: llama.cpp must read and answer like the model that was trained, before anything is used.

Two questions: are the token ids of hundreds of texts, nasty ones among them, equal; and how far are the logits of
(base GGUF + adapter GGUF) from those of the trained model in float32, over hundreds of positions. A slip in the
conversion (a permuted head, a forgotten scale) gives an error near 1; rounding gives the figures below.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from trainer.llama import LlamaModel
from trainer.protocol import Proof

MIN_STRINGS, MIN_POSITIONS, TEXT_TOKENS = 200, 500, 128
#: Highest normalised mean squared error that passes, by the base file's type (general.file_type).
MAX_NMSE = {"0": 1e-5, "1": 1e-4, "32": 1e-3, "7": 1e-2}
MAX_NMSE_OTHER_TYPES = 5e-2

NASTY = (
    "", " ", "  ", "\n", "\r\n", "\t\t x", "a\u0000b", "don't I'LL we'Ve 'tis", "3 33 333 3333 3.14 1,000", "x=1;y!=2",
    "<reasoning>", "</reasoning>\n\n## Safety check\n", "<|im_start|>user\n", "<|im_end|>", "<|endoftext|>", "<|im_end",
    "Zoë naïve café", "Z\u0308 a\u030a", "Ελληνικά", "Привет, мир", "שלום עולם", "مرحبا بالعالم", "नमस्ते",
    "日本語のテスト", "한국어", "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 👍🏽", "\u200b\u200d\ufeff",
    "… — “quotes” ‘single’", "[P-2.1] \"words of the passage\"", "\\n \\u0041 C:\\x", "a" * 300, " " * 70 + "end",
    "\n\n\n\n text \n \n", "ǅ ﬁ ſ ß İ ı", "\ufffd\U0010ffff", "http://x.y/?a=b&c=%20", "_a__b_", "--- *** ###",
)


def nasty_texts(texts: Iterable[str], count: int = MIN_STRINGS) -> list[str]:
    """At least `count` strings: the nasty ones, pieces of `texts`, and mixtures of both."""
    source = [*NASTY, *(text[start:start + 160] for text in texts for start in range(0, min(len(text), 1600), 160))]
    rng = random.Random(1)
    while len(source) < count:
        source.append("".join(rng.choice(source[:120])[: rng.randint(1, 40)] for _ in range(rng.randint(2, 5))))
    return source


def token_ids_equal(encode: Callable[[str], Sequence[int]], llama: LlamaModel, texts: Iterable[str]) -> bool:
    """True when both tokenizers agree on every text; `encode` adds no token of its own."""
    return all(list(encode(text)) == llama.tokenize(text) for text in texts)


def prove(
    encode: Callable[[str], Sequence[int]], logits: Callable[[list[int]], np.ndarray], llama: LlamaModel,
    adapter: bytes | None, texts: Sequence[str],
) -> Proof:
    """The proof of one adapter. `logits` gives the trained model's, float32 [tokens, vocabulary]; `texts` are real."""
    equal = token_ids_equal(encode, llama, nasty_texts(texts))
    error = energy = worst = 0.0
    positions = agreed = 0
    for ids in _positions(encode, texts):
        expected = np.asarray(logits(ids), dtype=np.float64)
        difference = llama.logits(ids, adapter)[:, : expected.shape[1]] - expected
        error += float(np.square(difference).sum())
        energy += float(np.square(expected).sum())
        worst = max(worst, float(np.abs(difference).max()))
        agreed += int((expected.argmax(axis=1) == (expected + difference).argmax(axis=1)).sum())
        positions += len(ids)
    nmse = error / max(energy, 1e-12)
    limit = MAX_NMSE.get(llama.fact("general.file_type"), MAX_NMSE_OTHER_TYPES)
    passed = equal and positions >= MIN_POSITIONS and nmse < limit
    return Proof(equal, positions, nmse, worst, agreed / max(1, positions), passed)


def _positions(encode: Callable[[str], Sequence[int]], texts: Sequence[str]) -> Iterator[list[int]]:
    """Token ids of texts until there are enough positions; short material is used again from another start."""
    total, shift = 0, 0
    while total < MIN_POSITIONS:
        before = total
        for text in texts:
            ids = list(encode(text[shift:]))[:TEXT_TOKENS]
            if len(ids) > 1 and total < MIN_POSITIONS:
                total += len(ids)
                yield ids
        shift += 7
        if total == before:
            return
