# SPDX-License-Identifier: Apache-2.0
"""What the safety gate finds in reports that its rules were not written for: the event families of the scenario banks.

    python tests/bench/gate_figures.py [--json FILE] [--misses N]

Every family of `assets/practice/scenarios/events_*.toml` but the general ones was written later than the rules, by
others and without a look at them, much of it in indirect words; the levels are the writers' own. As soon as a rule is
changed on these texts the figures are a fit and no estimate any more; then say so where they stand.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from machine import ROOT, tell

from trainer.practice import gate, rules
from trainer.practice.generator import split_of

KNOWN_TO_THE_RULES = "events_general.toml"
#: Levels that answer a report of the level as they should.
RIGHT = {"STOP": ("STOP",), "HOLD": ("STOP", "HOLD"), "CAUTION": ("CAUTION",), "CLEAR": ("CLEAR", "CAUTION")}
WORDS = {"A": "Student A", "B": "Student B", "C": "Student C", "S": "Staff A", "place": "the gym",
         "in_place": "in the gym", "time": "on Monday at lunch"}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="print N misses, no held-out ones")
    parser.add_argument("--long", action="store_true", help="no difference: every family is read once")
    args = parser.parse_args(arguments)
    practice = rules.load(ROOT / "assets" / "practice")
    read = [(event, gate.check(practice.gate, report_of(event))) for event in families()]
    figures: dict[str, tuple[float, str]] = {}
    for level, right in RIGHT.items():
        found = [result.level in right for event, result in read if event["level"] == level]
        figures[f"{level} reports answered as {' or '.join(right)}"] = (100 * sum(found) / len(found), "%")
        figures[f"{level} reports"] = (len(found), "reports")
    for code in sorted({event["codes"][0] for event, _ in read if event["codes"]}):
        found = [code in result.codes for event, result in read if event["codes"][:1] == [code]]
        figures[f"code {code} found"] = (100 * sum(found) / len(found), "%")
    tell("gate", figures, args.json)
    shown = [(event, result) for event, result in read if split_of(event["family"]) == "train"]
    wrong = [(event, result) for event, result in shown if result.level not in RIGHT[event["level"]]]
    for event, result in wrong[: args.misses]:
        print(f"{event['family']} {event['level']} {event['codes']} -> {result.level}: {report_of(event)}")
    return 0


def families() -> Iterator[dict[str, Any]]:
    """The event families that the rules were not written for."""
    for path in sorted((ROOT / "assets" / "practice" / "scenarios").glob("events_*.toml")):
        if path.name != KNOWN_TO_THE_RULES:
            yield from tomllib.loads(path.read_text("utf-8"))["event"]


def report_of(event: dict[str, Any]) -> str:
    """The sentences of a family as a report."""
    return " ".join(event["sentences"]).format(**WORDS, thing=(event["things"] or [""])[0])


if __name__ == "__main__":
    sys.exit(main())
