# SPDX-License-Identifier: Apache-2.0
"""`circlekeeper doctor`: what works here, tried out where that is cheap."""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from desktop import paths, wiring
from desktop.cancel import CancelToken
from desktop.cli.main import has_display
from desktop.errors import EngineError, KnownError
from desktop.ports import AnswerRequest
from desktop.services.models import sha256_of
from trainer.practice.rules import RulesError

TRAINER_MODULES = ("torch", "transformers", "trl", "peft", "datasets", "unsloth", "llama_cpp")
TRAINER_LIMIT_S = 30
_PROBE = (
    "import importlib.util,json,sys;"
    "print(json.dumps([n for n in sys.argv[1:] if importlib.util.find_spec(n) is None]))"
)


@dataclass(frozen=True)
class Check:
    """One finding; the main job (a suggestion) does not work without a `needed` one."""

    name: str
    ok: bool
    detail: str
    needed: bool = False


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser: argparse.ArgumentParser = commands.add_parser("doctor", help="say what works here")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Check everything; status 3 when a suggestion cannot be made here."""
    checks = check_all(lambda name: None if args.json else print(f"Checking {name}…", file=sys.stderr))
    works = all(check.ok for check in checks if check.needed)
    if args.json:
        print(json.dumps({"ok": works, "checks": [asdict(check) for check in checks]}, ensure_ascii=False))
    else:
        for check in checks:
            mark = "ok     " if check.ok else "MISSING" if check.needed else "missing"
            print(f"{mark}  {check.name}: {check.detail}")
    return 0 if works else 3


def check_all(on_start: Callable[[str], None]) -> list[Check]:
    """Every check in turn."""
    steps = (_python, _window, _display, _vault, _keyring, _practice, _starter, _engine, _trainer)
    checks: list[Check] = []
    for step in steps:
        on_start(step.__name__.strip("_"))
        checks += step()
    return checks


def _python() -> list[Check]:
    return [Check("python", sys.version_info >= (3, 11), platform.python_version(), needed=True)]


def _window() -> list[Check]:
    return [_installed("window", "PySide6")]


def _display() -> list[Check]:
    return [Check("display", has_display(), "found" if has_display() else "none; only the command line works here")]


def _vault() -> list[Check]:
    library = _installed("vault", "sqlcipher3")
    if not library.ok:
        return [library]
    there = wiring.vault_exists(paths.vault_folder())
    return [Check("vault", True, "SQLCipher is here; " + ("a vault exists" if there else "no vault was made yet"))]


def _keyring() -> list[Check]:
    return [_installed("keyring", "keyring")]


def _practice() -> list[Check]:
    try:
        practice = wiring.practice()
    except (RulesError, KnownError) as error:
        return [Check("safety gate", False, str(error), needed=True)]
    detail = f"{len(practice.gate.cues)} rules, edition {practice.sha256[:12]}"
    return [Check("safety gate", True, detail, needed=True)]


def _starter() -> list[Check]:
    models = wiring.models()
    path = models.starter().path
    if not path.is_file():
        return [Check("starter model", False, "its file is missing; reinstall the program", needed=True)]
    found, published = sha256_of(path), models.starter_sha256()
    if published is None:
        detail = f"sha256 {found[:12]}, no published fingerprint to compare with"
        return [Check("starter model", True, detail, needed=True)]
    detail = f"sha256 {found[:12]} as published; {models.starter().note}"
    if found != published:
        detail = "its file is not the published one; reinstall the program"
    return [Check("starter model", found == published, detail, needed=True)]


def _engine() -> list[Check]:
    """Really writes 8 tokens in the child, and asks the child whether the system refuses it the network."""
    engine = wiring.new_engine()
    try:
        info = engine.load(wiring.models().starter().path)
        request = AnswerRequest([{"role": "user", "content": "Hello."}], max_tokens=8)
        result = engine.answer(request, lambda text: None, CancelToken())
    except EngineError as error:
        return [Check("engine", False, error.sentence, needed=True)]
    finally:
        engine.close()
    detail = f"{info.library}, {info.description}, {result.tokens} tokens in {result.seconds:.2f} s"
    offline = "the system refuses every network connection" if info.is_offline else "not enforced on this system"
    return [Check("engine", True, detail, needed=True), Check("offline", info.is_offline, offline)]


def _trainer() -> list[Check]:
    """Asks the trainer's Python what it would find, without importing it."""
    try:
        python = wiring.trainer_python()
        answer = subprocess.run(
            [str(python), "-I", "-c", _PROBE, *TRAINER_MODULES], capture_output=True, text=True,
            timeout=TRAINER_LIMIT_S, env={}, check=True,
        )
        missing = json.loads(answer.stdout)
    except KnownError as error:
        return [Check("trainer", False, error.sentence)]
    except (OSError, ValueError, subprocess.SubprocessError):
        return [Check("trainer", False, "its Python does not start; run the set-up again")]
    return [Check("trainer", not missing, f"without {', '.join(missing)}" if missing else "everything is installed")]


def _installed(name: str, module: str) -> Check:
    is_there = importlib.util.find_spec(module) is not None
    return Check(name, is_there, f"{module} is {'here' if is_there else 'not installed'}")
