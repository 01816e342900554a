# SPDX-License-Identifier: Apache-2.0
"""One command that makes the starter model: `python -m trainer.starter.build --work FOLDER`.

Stages: tokenizer (kept when it exists: it is frozen) → pre-training (resumable from FOLDER) → bf16 safetensors → Q8_0
GGUF by the trainer's own export path. The scores are added by `trainer.starter.card --figures`. `--weights STARTER`
goes on from an earlier starter, with its tokenizer, instead of beginning with random numbers.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import time
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from trainer import export_gguf
from trainer.practice.generator import load_banks
from trainer.starter import card, examples, pretrain, tokenizer
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


def earlier_run(parser: argparse.ArgumentParser, folder: Path) -> dict[str, Any]:
    """What the card of the starter in `folder` tells of its run; ends with status 2 where there is no whole starter."""
    needed = ("card.json", card.MODEL, "config.json", "tokenizer.json")
    missing = [name for name in needed if not (folder / name).exists()]
    if missing:
        parser.exit(2, f"{folder} is no starter's folder: {', '.join(missing)} missing; name one that has them.\n")
    return dict(card.read(folder)["run"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder outside the repository for checkpoints")
    parser.add_argument("--out", type=Path, default=ASSETS / "starter")
    parser.add_argument("--steps", type=int, default=pretrain.Plan.steps)
    parser.add_argument("--weights", type=Path, help="a starter's folder to go on from")
    parser.add_argument(
        "--short-share",
        type=float,
        default=examples.SHORT_SHARE,
        help="share of examples cut off behind the decision; 0.3 for a last run, in which what they taught settles",
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--notes", default="", help="a sentence for the model card")
    args = parser.parse_args(arguments)
    if not 0 <= args.short_share <= 1:
        parser.exit(2, f"--short-share {args.short_share} is no share; give a number from 0 to 1.\n")
    torch.set_num_threads(args.threads)
    plan, before = replace(pretrain.Plan(), steps=args.steps), {}
    writer = CorpusWriter(tomllib.loads((ASSETS / "practice" / "gate.toml").read_text(encoding="utf-8"))["code"])
    if args.weights:
        before = earlier_run(parser, args.weights)
        plan = pretrain.going_on(plan, before["seed"])
        words = Tokenizer.from_file(str(args.weights / "tokenizer.json"))
    else:
        words = starter_tokenizer(writer, args.out)
    banks = load_banks(ASSETS / "practice" / "scenarios")
    written = examples.stream(writer, banks, plan.seed, args.short_share)
    stream = examples.batches(words, written, plan.tokens_per_batch, plan.seed)
    try:
        model = pretrain.run(plan, words, stream, args.work / "starter.pt", say, args.weights)
    except pretrain.PretrainingError as error:
        parser.exit(2, f"{error}\n")
    tokenizer.save(words, args.out)
    finish(model, words, args.work / "starter.pt", args.out, args.notes, before)
    say(f"the model is in {args.out.name}")


def finish(
    model: LlamaForCausalLM, words: Tokenizer, checkpoint: Path, out: Path, notes: str, before: dict[str, Any]
) -> None:
    """bf16 safetensors, a Q8_0 GGUF by our own export path, and the card; `before` is the run that this one went on."""
    parameters = sum(p.numel() for p in model.parameters())
    model.generation_config.eos_token_id = words.token_to_id(tokenizer.TURN_END)
    model.generation_config.pad_token_id = words.token_to_id(tokenizer.END_OF_TEXT)
    model.to(torch.bfloat16).save_pretrained(out)
    saved = torch.load(checkpoint, weights_only=True)
    step, tokens, seconds = saved["progress"]
    run = {
        "steps": step + before.get("steps", 0),
        "tokens": tokens + before.get("tokens", 0),
        "minutes": round(seconds / 60 + before.get("minutes", 0), 1),
        "parameters": parameters,
        "notes": notes,
        "seed": json.loads(saved["plan"])["seed"],
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}",
    }
    (out / card.GGUF).unlink(missing_ok=True)
    card.write(out, figures={}, run=run)
    pre_hash = export_gguf.card_pre_hash(out / "card.json")
    export_gguf.convert_model(out, out / card.GGUF, "q8_0", pre_hash=pre_hash)
    card.write(out)


if __name__ == "__main__":
    main()
