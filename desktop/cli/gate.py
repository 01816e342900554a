# SPDX-License-Identifier: Apache-2.0
"""`circlekeeper gate`: what the safety gate says about a report, a case or a list of texts."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from desktop import wiring
from desktop.cli.reading import read_text
from desktop.errors import ImportFileError
from trainer.practice import gate
from trainer.practice.case import GRADE_BANDS, parse_case, parse_case_json
from trainer.practice.gate import GateResult
from trainer.practice.rules import GateRules


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "gate", help="check a report with the safety gate",
        description="Checks a text, a case.json, or a .jsonl of {\"id\", \"text\", \"grade_band\"} lines.",
    )
    parser.add_argument("file", metavar="FILE", help="the file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Check and print."""
    text, rules = read_text(args.file), wiring.practice().gate
    if args.file.endswith(".jsonl") or (args.file == "-" and _looks_like_lines(text)):
        for line in _check_lines(rules, text):
            print(json.dumps(line, ensure_ascii=False))
        return 0
    result = _check(rules, args.file, text)
    print(json.dumps(as_json(result), ensure_ascii=False) if args.json else as_text(result))
    return 0


def as_json(result: GateResult) -> dict[str, Any]:
    """The interchange form of a result."""
    fired = [{"code": item.code, "rule": item.rule, "words": item.words} for item in result.fired]
    return {"level": result.level, "codes": list(result.codes), "fired": fired}


def as_text(result: GateResult) -> str:
    """The result for people."""
    if not result.fired:
        return f"Safety gate: {result.level} (no rule fired; that is not a promise of safety)"
    lines = [f"  {item.code} {item.rule}: {item.words}" for item in result.fired]
    return "\n".join([f"Safety gate: {result.level} ({', '.join(result.codes)})", *lines])


def _check(rules: GateRules, source: str, text: str) -> GateResult:
    if source.endswith(".json"):
        return gate.check_case(rules, parse_case_json(text))
    value = _json_object(text)
    if value is not None and "narrative" in value:
        return gate.check_case(rules, parse_case(value))
    if not text.strip():
        raise ImportFileError("The report is empty; give a text to check.")
    return gate.check(rules, text)


def _check_lines(rules: GateRules, text: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        value = _json_object(line)
        if value is None or not isinstance(value.get("text"), str) or "id" not in value:
            raise ImportFileError(f"Line {number} must be a JSON object with \"id\" and \"text\".")
        if value.get("grade_band") not in (None, *GRADE_BANDS):
            raise ImportFileError(f"Line {number}: \"grade_band\" must be one of {', '.join(GRADE_BANDS)}.")
        yield {"id": value["id"], **as_json(gate.check(rules, value["text"], value.get("grade_band")))}


def _looks_like_lines(text: str) -> bool:
    first = next((line for line in text.splitlines() if line.strip()), "")
    value = _json_object(first)
    return value is not None and "id" in value and "text" in value


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
