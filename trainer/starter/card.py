# SPDX-License-Identifier: Apache-2.0
"""The starter's model card: `card.json` for programs (hashes, the tokenizer's fingerprint), `card.md` for people.

    python -m trainer.starter.card [--figures FILE.json] [--notes TEXT]

The scores come from `tests/bench/starter_figures.py --json FILE.json`; they stay when the card is written anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import textwrap
from pathlib import Path
from typing import Any

from trainer import export_gguf

MODEL, GGUF = "model.safetensors", "starter.gguf"
PURPOSE = "for trying the program, not for real cases"
#: The figures that the card shows: what they are called there, and the least and the most that a starter must show.
SHOWN: dict[str, tuple[str, float, float]] = {
    "valid": ("valid contract, %", 85, 100),
    "nobody_invented": ("nobody invented, %", 90, 100),
    "particulars_right": ("particulars right where named, %", 80, 100),
    "right_form": ("right form, %", 90, 100),
    "rubric": ("mean of the practice rubric, of 100", 45, 75),
}
ALSO_SHOWN = {"second": "mean of the second checks, of 100", "distinct_3": "distinct-3", "words": "words of an answer"}
_TEXT = """# The Circlekeeper starter model

**{purpose}.** A small Llama-shaped language model that this project made from nothing, so that every machine, offline,
has a real model on the real path: import, inference, training, export, comparison.

| what | |
|---|---|
| architecture | Llama, {parameters:,} parameters, {layers} layers of {hidden}, {heads} heads, tied embeddings |
| vocabulary | {vocabulary:,} |
| context | 4,096 (trained on documents up to 2,304 tokens) |
| tokenizer | own byte-level BPE, Qwen2 split pattern; frozen with this version |
| data | {tokens:,} tokens written by `trainer/starter` from the banks in `assets/practice`, training families only |
| | reports of 24 categories, invented policies, answers of mixed quality in both forms of the contract |
| training | {steps:,} steps, {minutes:.0f} minutes, seed {seed}; Muon and AdamW, bf16 autocast |
| machine | {machine} |
| files | `{model}` bf16 {model_bytes:,} bytes, `{gguf}` Q8_0 {gguf_bytes:,} bytes |
| licence | Apache-2.0 |

The shares of what answers leave out stand in `trainer/starter/corpus.py` (`CARE`, `OFFSET`); they were fixed before any
reinforcement learning.
{notes}
## Scores

{scores}
## What it is not

It knows nothing but the sentences of its generator. It must never be used for a real incident.
"""


def read(folder: Path) -> dict[str, Any]:
    """The card of a starter's folder; raises `OSError` when there is none."""
    return dict(json.loads((folder / "card.json").read_text(encoding="utf-8")))


def write(folder: Path, figures: dict[str, Any] | None = None, run: dict[str, Any] | None = None) -> None:
    """Write both cards into `folder`; what is not given is taken over from the card that is there."""
    path = folder / "card.json"
    old: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    card = {
        "name": "starter",
        "licence": "Apache-2.0",
        "purpose": PURPOSE,
        "run": run or old.get("run", {}),
        "tokenizer_pre_hash": old.get("tokenizer_pre_hash") or export_gguf.fingerprint(folder),
        "sha256": {name: _sha256(folder / name) for name in (MODEL, GGUF) if (folder / name).exists()},
        "figures": figures if figures is not None else old.get("figures", {}),
    }
    path.write_text(json.dumps(card, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "card.md").write_text(_markdown(folder, card, config), encoding="utf-8")


def _markdown(folder: Path, card: dict[str, Any], config: dict[str, Any]) -> str:
    run = card["run"]
    sizes = {
        f"{name}_bytes": (folder / file).stat().st_size if (folder / file).exists() else 0
        for name, file in (("model", MODEL), ("gguf", GGUF))
    }
    return _TEXT.format(
        purpose=PURPOSE.capitalize(),
        parameters=run.get("parameters", 0),
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        heads=config["num_attention_heads"],
        vocabulary=config["vocab_size"],
        tokens=run.get("tokens", 0),
        steps=run.get("steps", 0),
        minutes=run.get("minutes", 0.0),
        seed=run.get("seed", 0),
        machine=run.get("machine", "not recorded"),
        model=MODEL,
        gguf=GGUF,
        scores=_scores(card["figures"]),
        notes="\n" + "\n".join(textwrap.wrap(run.get("notes", ""), 120, break_on_hyphens=False)) + "\n",
        **sizes,
    )


def _scores(figures: dict[str, Any]) -> str:
    if not figures:
        return "Not measured yet: `python tests/bench/starter_figures.py --json FILE`, then this card again.\n"
    rows = []
    for key, (name, least, most) in SHOWN.items():
        missed = "" if least <= figures[key] <= most else ", **not reached**"
        rows.append(f"| {name} | {figures[key]:.1f} | {least} to {most}{missed} |")
    rows += [f"| {name} | {figures[key]:.3g} | |" for key, name in ALSO_SHOWN.items()]
    head = f"On {figures['count']} generated scenarios of held-out template families, temperature 1, no grammar."
    return "\n".join((head, "", "| figure | measured | goal |", "|---|---|---|", *rows, ""))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(__file__).resolve().parents[2] / "assets" / "starter")
    parser.add_argument("--figures", type=Path, help="what starter_figures.py wrote")
    parser.add_argument("--notes", help="a paragraph for people, in place of the one that is there")
    arguments = parser.parse_args()
    measured = json.loads(arguments.figures.read_text(encoding="utf-8")) if arguments.figures else None
    figures = {**measured["figures"], "count": measured["count"]} if measured else None
    run = {**read(arguments.folder)["run"], "notes": arguments.notes} if arguments.notes else None
    write(arguments.folder, figures=figures, run=run)


if __name__ == "__main__":
    main()
