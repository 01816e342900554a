# SPDX-License-Identifier: Apache-2.0
"""`circlekeeper scenarios generate`: writes scenarios for training and testing."""

from __future__ import annotations

import argparse
import os
import sys
from itertools import islice
from pathlib import Path
from typing import Any

from desktop import paths
from desktop.errors import ImportFileError
from trainer.practice.generator import drafts, load_banks
from trainer.practice.scenario import SPLITS

MAX_COUNT = 1_000_000
_TELL_EVERY = 1000


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser: argparse.ArgumentParser = commands.add_parser("scenarios", help="generate scenarios")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    generate = actions.add_parser("generate", help="write generated scenarios to a .jsonl file")
    generate.add_argument("--count", type=_count, required=True, metavar="N", help="how many")
    generate.add_argument("--split", choices=SPLITS, required=True, help="which template families to use")
    generate.add_argument("--seed", type=int, default=0, help="the same seed gives the same scenarios (default 0)")
    generate.add_argument("--out", required=True, metavar="FILE.jsonl", help="the file to write")


def run(args: argparse.Namespace) -> int:
    """Write the file, whole or not at all."""
    banks = load_banks(paths.assets_folder() / "practice" / "scenarios")
    target = Path(args.out)
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        with open(unfinished, "w", encoding="utf-8", newline="\n") as file:
            for number, draft in enumerate(islice(drafts(banks, args.split, args.seed), args.count), start=1):
                file.write(draft.scenario.to_line() + "\n")
                if number % _TELL_EVERY == 0:
                    print(f"{number} of {args.count}", file=sys.stderr)
        os.replace(unfinished, target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise ImportFileError(f"{target.name} could not be written; check the folder and the free space.") from None
    print(f"Wrote {args.count} scenarios to {target}.", file=sys.stderr)
    return 0


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= MAX_COUNT:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MAX_COUNT}")
    return number
