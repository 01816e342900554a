# SPDX-License-Identifier: Apache-2.0
"""How fast suggestions come, as ratios within one run: a warm policy prefix against a cold one, the answer process
against a bare loop over the same library.

    python tests/bench/suggestion_speed.py [--model GGUF] [--rounds N] [--long] [--json FILE]
"""

from __future__ import annotations

import argparse
import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import llama_cpp
from machine import ROOT, tell

from desktop.cancel import CancelToken
from desktop.inference.cores import physical_cores
from desktop.inference.engine import LlamaEngine
from desktop.inference.worker import ONE_THREAD_BELOW_PARAMETERS
from desktop.ports import AnswerRequest
from trainer.practice.case import Case
from trainer.practice.citations import Passage, split_policy
from trainer.practice.prompt import build_messages

ENVIRONMENT = "app"
STARTER = ROOT / "assets" / "starter" / "starter.gguf"
REPORT = "Student A hid the whistle of Student B in the gym at recess."
TOKENS, PREFIX_PASSAGES = 200, 6
TEMPERATURE, TOP_P = 0.7, 0.95
CONTEXT_TOKENS, BATCH_TOKENS = 4096, 512


def main(arguments: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    if args.bare:
        return _bare_child(args.model)
    rounds = args.rounds or (12 if args.long else 4)
    engine = LlamaEngine()
    try:
        engine.load(args.model)
        cold, warm = _first_tokens(engine, rounds)
        ours, bare = _decoding(engine, args.model, rounds)
    finally:
        engine.close()
    tell("suggestion", {
        "first token, warm policy prefix / cold": (warm / cold, "ratio"), "first token, cold": (1000 * cold, "ms"),
        "first token, warm": (1000 * warm, "ms"), "decoding, answer process / bare loop": (ours / bare, "ratio"),
        "decoding, answer process": (ours, "tokens/s"), "decoding, bare loop": (bare, "tokens/s"),
    }, args.json, rounds=rounds)
    return 0


def _first_tokens(engine: LlamaEngine, rounds: int) -> tuple[float, float]:
    """Medians in seconds. Cold: policies in an order that the context does not hold; warm: the same, a new report."""
    passages = _passages()
    cold, warm = [], []
    for number in range(rounds):
        turned = passages[number + 1:] + passages[: number + 1]
        chosen = turned[:PREFIX_PASSAGES]
        for times, report in ((cold, "A"), (warm, "B")):
            request = _request(chosen, f"Note {report}{number}: Student A tore the paper crown of Student B at lunch.")
            result = engine.answer(replace(request, max_tokens=1), lambda _: None, CancelToken())
            times.append(result.first_token_s)
    return median(cold), median(warm)


def _decoding(engine: LlamaEngine, model: Path, rounds: int) -> tuple[float, float]:
    """Median tokens a second of the answer process and of the bare loop, in turns: both meet the same machine."""
    request = _request(_passages()[:3], REPORT)
    ours, bare = [], []
    child = subprocess.Popen(
        [sys.executable, "-P", __file__, "--bare", "--model", str(model)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, start_new_session=True,  # as the answer process: a busy machine shares alike
    )
    try:
        for number in range(rounds):
            result = engine.answer(replace(request, seed=number, max_tokens=TOKENS), lambda _: None, CancelToken())
            ours.append((result.tokens - 1) / (result.seconds - result.first_token_s))
            bare.append(_asked(child, number))
    finally:
        child.kill()
        child.wait()
    return median(ours), median(bare)


def _asked(child: subprocess.Popen[str], seed: int) -> float:
    assert child.stdin and child.stdout
    child.stdin.write(f"{seed}\n")
    child.stdin.flush()
    return float(child.stdout.readline())


def _bare_child(model: Path) -> int:
    """The other side of `_asked`: a seed a line comes in, tokens a second go out."""
    messages = _request(_passages()[:3], REPORT).messages
    with BareLoop(model) as loop:
        prompt = loop.tokens("\n".join(message["content"] for message in messages))
        for line in sys.stdin:
            print(loop.tokens_per_second(prompt, int(line)), flush=True)
    return 0


class BareLoop:
    """llama.cpp and nothing else: the same library, threads and sampling as the answer process, no pipes, no text."""

    def __init__(self, path: Path) -> None:
        llama_cpp.llama_log_set(_silent, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        self._model = llama_cpp.llama_model_load_from_file(os.fsencode(path), llama_cpp.llama_model_default_params())
        params = llama_cpp.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch = CONTEXT_TOKENS, BATCH_TOKENS, BATCH_TOKENS
        is_small = llama_cpp.llama_model_n_params(self._model) < ONE_THREAD_BELOW_PARAMETERS
        params.n_threads = params.n_threads_batch = 1 if is_small else physical_cores()
        self._context = llama_cpp.llama_init_from_model(self._model, params)

    def __enter__(self) -> BareLoop:
        return self

    def __exit__(self, *_: object) -> None:
        llama_cpp.llama_free(self._context)
        llama_cpp.llama_model_free(self._model)

    def tokens(self, text: str) -> list[int]:
        data = text.encode("utf-8")
        room = (llama_cpp.llama_token * (len(data) + 8))()
        vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        count = llama_cpp.llama_tokenize(vocabulary, data, len(data), room, len(room), False, False)
        return list(room[:count])

    def tokens_per_second(self, prompt: Sequence[int], seed: int) -> float:
        """Reads the prompt, then times `TOKENS` draws; an end token does not end it, it costs as much as any other."""
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._context), False)
        for start in range(0, len(prompt), BATCH_TOKENS):
            self._decode(prompt[start:start + BATCH_TOKENS])
        chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_temp(TEMPERATURE))
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_top_p(TOP_P, 1))
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_dist(seed))
        started = time.monotonic()
        for _ in range(TOKENS):
            self._decode([llama_cpp.llama_sampler_sample(chain, self._context, -1)])
        seconds = time.monotonic() - started
        llama_cpp.llama_sampler_free(chain)
        return TOKENS / seconds

    def _decode(self, tokens: Sequence[int]) -> None:
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        if llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(array, len(tokens))):
            raise RuntimeError("llama.cpp could not continue.")


@llama_cpp.llama_log_callback
def _silent(_level: int, _text: bytes, _data: object) -> None:
    """Nothing of the library's log belongs among the figures."""


def _request(passages: Sequence[Passage], report: str) -> AnswerRequest:
    return AnswerRequest(build_messages(Case(report), passages), temperature=TEMPERATURE, top_p=TOP_P)


def _passages() -> list[Passage]:
    folder = ROOT / "assets" / "sample-school" / "policies"
    return [p for path in sorted(folder.glob("*.md")) for p in split_policy(path.stem, path.read_text("utf-8"))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=STARTER)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
