# SPDX-License-Identifier: Apache-2.0
"""One command that makes the starter model: `python -m trainer.starter.build --work FOLDER`.

Stages: tokenizer (kept when it exists: it is frozen) → pre-training (resumable from FOLDER) → bf16 safetensors → Q8_0
GGUF by the trainer's own export path. The figures of the model card are added by `trainer.starter.measure`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer

from trainer.practice.generator import load_banks
from trainer.starter import examples, pretrain, tokenizer
from trainer.starter.corpus import CorpusWriter

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def starter_tokenizer(writer: CorpusWriter, folder: Path) -> Tokenizer:
    """The frozen tokenizer of `folder`, or a new one learnt from 12,000 examples and our own asset texts."""
    if (folder / "tokenizer.json").exists():
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    say("learning the tokenizer")
    banks = load_banks(ASSETS / "practice" / "scenarios")
    drawn = itertools.islice(examples.stream(writer, banks, seed=1), 12_000)
    own = [path.read_text(encoding="utf-8") for path in sorted(ASSETS.rglob("*")) if path.suffix in (".toml", ".md")]
    made = tokenizer.train(itertools.chain(("".join(examples.text_of(e)) for e in drawn), own))
    tokenizer.save(made, folder)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder outside the repository for checkpoints")
    parser.add_argument("--out", type=Path, default=ASSETS / "starter")
    parser.add_argument("--steps", type=int, default=pretrain.Plan.steps)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    plan = replace(pretrain.Plan(), steps=arguments.steps)
    writer = CorpusWriter(tomllib.loads((ASSETS / "practice" / "gate.toml").read_text(encoding="utf-8"))["code"])
    words = starter_tokenizer(writer, arguments.out)
    banks = load_banks(ASSETS / "practice" / "scenarios")
    stream = examples.batches(words, examples.stream(writer, banks, plan.seed), plan.tokens_per_batch, plan.seed)
    model = pretrain.run(plan, words, stream, arguments.work / "starter.pt", say)
    model.to(torch.bfloat16).save_pretrained(arguments.out, safe_serialization=True)
    (arguments.work / "run.json").write_text(json.dumps({"steps": plan.steps}) + "\n", encoding="utf-8")
    say(f"weights are in {arguments.out.name}")


if __name__ == "__main__":
    main()
