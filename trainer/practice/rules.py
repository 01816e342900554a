# SPDX-License-Identifier: Apache-2.0
"""Loads the practice folder: the gate's rule file, compiled, and the hash that tells two editions apart.

The rules are a file and not code so that a school can read what makes the gate fire, and a district can change it.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GATE_FILE = "gate.toml"
LEVELS = ("CLEAR", "CAUTION", "HOLD", "STOP")
CODES = (
    "ABUSE", "SUIC", "WEAP", "THRT", "SEXH", "IMAG", "BULY", "DATE", "STAF", "RETL", "MEDI", "DISA", "HATE", "VOLU",
    "LAWE", "DRUG", "CUST",
)
_FRAGMENT = re.compile(r"\{([a-z_]+)\}")
_MAX_FRAGMENT_DEPTH = 4


class RulesError(ValueError):
    """The practice folder is not usable; the message is one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Card:
    """What the gate says about one code; the texts are meant to be read in ten seconds."""

    code: str
    level: str
    title: str
    concern: tuple[str, ...]
    first_actions: tuple[str, ...]
    never: tuple[str, ...]
    decides: tuple[str, ...]
    meanwhile: tuple[str, ...]
    reopen: tuple[str, ...]


@dataclass(frozen=True)
class Cue:
    """One rule: `find` fires when every pattern of `also` is found too, in its sentence or (`whole_text`) anywhere."""

    code: str
    rule: str
    level: str
    find: re.Pattern[str]
    also: tuple[re.Pattern[str], ...]
    whole_text: bool
    lowered_by: tuple[str, ...]
    dropped_by: tuple[str, ...]
    bands_lowered: tuple[str, ...]


@dataclass(frozen=True)
class Context:
    """Words that lower a cue: right before it (`before`) or within `reach` sentences (`near`), unless `unless`."""

    before: re.Pattern[str] | None
    near: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    reach: int


@dataclass(frozen=True)
class Idiom:
    """A harmless phrase; cues that overlap it are ignored or become CAUTION. No `codes` means every code."""

    find: re.Pattern[str]
    ignores: bool
    codes: frozenset[str]


@dataclass(frozen=True)
class Joint:
    """How an answer names a process that brings people together, and how it refuses one."""

    harmless: tuple[re.Pattern[str], ...]
    process: tuple[re.Pattern[str], ...]
    refused_before: re.Pattern[str]
    refused_after: re.Pattern[str]
    new_clause: re.Pattern[str]


@dataclass(frozen=True)
class GateRules:
    """The rule file, compiled."""

    version: int
    cards: Mapping[str, Card]
    cues: tuple[Cue, ...]
    contexts: Mapping[str, Context]
    idioms: tuple[Idiom, ...]
    emoji: Mapping[str, str]
    joint: Joint


@dataclass(frozen=True)
class Practice:
    """A loaded practice folder; `sha256` covers the name and the bytes of every file in it."""

    gate: GateRules
    sha256: str


def load(folder: Path) -> Practice:
    """Load and check the practice folder; raise `RulesError` with one sentence when it is not usable."""
    path = folder / GATE_FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        sha256 = folder_sha256(folder)
    except (OSError, UnicodeDecodeError):
        raise RulesError(f"The practice folder has no readable {GATE_FILE}; install the program again.") from None
    except tomllib.TOMLDecodeError as error:
        message = f"{GATE_FILE} is not valid TOML ({error}); restore the file that came with the program."
        raise RulesError(message) from None
    return Practice(parse_gate(data), sha256)


def folder_sha256(folder: Path) -> str:
    """SHA-256 over relative name and content of every file under `folder`, in the order of the names."""
    digest = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name in sorted(files):
        content = files[name].read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def parse_gate(data: Mapping[str, Any]) -> GateRules:
    """Compile the rule file's content; raise `RulesError` that names the entry that is wrong."""
    try:
        fragments = dict(data["fragment"])
        return GateRules(
            version=int(data["version"]),
            cards={code: _card(code, data["code"][code]) for code in CODES},
            cues=tuple(cue for code in CODES for cue in _cues(code, data, fragments)),
            contexts={name: _context(entry, fragments) for name, entry in data["context"].items()},
            idioms=tuple(_idiom(entry, fragments) for entry in data["idiom"]),
            emoji=dict(data["emoji"]),
            joint=_joint(data["joint"]),
        )
    except KeyError as error:
        raise RulesError(f"{GATE_FILE} lacks the entry {error}; restore the file that came with the program.") from None


def _card(code: str, entry: Mapping[str, Any]) -> Card:
    if entry["level"] not in LEVELS:
        raise RulesError(f"{GATE_FILE}: the level of {code} must be one of {', '.join(LEVELS)}.")
    lists = ("concern", "first_actions", "never", "decides", "meanwhile", "reopen")
    return Card(code, entry["level"], entry["title"], *(tuple(entry[name]) for name in lists))


def _cues(code: str, data: Mapping[str, Any], fragments: Mapping[str, str]) -> list[Cue]:
    level, entry = data["code"][code]["level"], data["cues"][code]
    cues = []
    for rule in entry["rules"]:
        also = tuple(_compile(rule[key], fragments, rule["id"]) for key in ("also", "and") if key in rule)
        cues.append(Cue(
            code=code,
            rule=rule["id"],
            level=rule.get("level", level),
            find=_compile(rule["find"], fragments, rule["id"]),
            also=also,
            whole_text=rule.get("scope") == "text",
            lowered_by=tuple(rule.get("lowered_by", entry.get("lowered_by", ()))),
            dropped_by=tuple(rule.get("dropped_by", entry.get("dropped_by", ()))),
            bands_lowered=tuple(rule.get("bands_lowered", entry.get("bands_lowered", ()))),
        ))
    return cues


def _context(entry: Mapping[str, Any], fragments: Mapping[str, str]) -> Context:
    before, near, unless = (
        _compile(entry[key], fragments, key) if key in entry else None for key in ("before", "near", "unless")
    )
    return Context(before, near, unless, int(entry.get("reach", 0)))


def _idiom(entry: Mapping[str, Any], fragments: Mapping[str, str]) -> Idiom:
    find = _compile(entry["find"], fragments, entry["id"])
    return Idiom(find, entry["effect"] == "ignore", frozenset(entry.get("codes", ())))


def _joint(entry: Mapping[str, Any]) -> Joint:
    def compiled(key: str) -> re.Pattern[str]:
        return _compile(entry[key], entry, key)

    return Joint(
        harmless=tuple(_compile(pattern, entry, "harmless") for pattern in entry["harmless"]),
        process=tuple(_compile(pattern, entry, "process") for pattern in entry["process"]),
        refused_before=compiled("refused_before"),
        refused_after=compiled("refused_after"),
        new_clause=compiled("new_clause"),
    )


def _compile(pattern: str, fragments: Mapping[str, Any], name: str) -> re.Pattern[str]:
    for _ in range(_MAX_FRAGMENT_DEPTH):
        pattern = _FRAGMENT.sub(lambda match: str(fragments[match.group(1)]), pattern)
    try:
        return re.compile(pattern)
    except re.error as error:
        raise RulesError(f"{GATE_FILE}: the rule {name} is not a regular expression ({error}); mend it.") from None
