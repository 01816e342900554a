# SPDX-License-Identifier: Apache-2.0
"""The entry of `circlekeeper`: finds the command, runs it, and turns trouble into one line and an exit status."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from desktop.errors import EngineError, ImportFileError, KnownError, VaultError
from trainer.practice.case import CaseError
from trainer.practice.rules import RulesError

DONE, BUG, BAD_INPUT, NOT_AVAILABLE, CANCELLED = 0, 1, 2, 3, 130

COMMANDS = ("doctor", "gate", "suggest", "train", "compare", "scenarios", "vault", "demo")
#: Trouble of the engine that lies in what the user gave it.
_ENGINE_INPUT = {"engine-too-long", "engine-model", "engine-adapter", "engine-template", "engine-tokens"}


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}; see `{self.prog} --help`.\n")


def main() -> NoReturn:
    """What the console command runs: no network and no core dump from the first moment on."""
    from desktop.offline import deny_network, harden_process

    harden_process()
    deny_network()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return the exit status."""
    try:
        if not arguments:
            return _open_window()
        return _run_command(arguments)
    except KeyboardInterrupt:
        _say("Cancelled.")
        return CANCELLED
    except BrokenPipeError:
        # The reader of our output is gone (`| head`); what is buffered must not be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (CaseError, KnownError, RulesError) as error:
        _say(error.sentence if isinstance(error, KnownError) else str(error))
        return _status_of(error)
    except Exception as error:  # noqa: BLE001 (the outermost place: whatever comes must not print its text)
        # The text of a foreign exception may quote an incident, so only its kind and its place are told.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}, line {place.lineno}"
        _say(f"A mistake in the program: {type(error).__name__} in {where}.")
        return BUG


def _run_command(arguments: Sequence[str]) -> int:
    wanted = next((word for word in arguments if not word.startswith("-")), "")
    modules = {name: _module(name) for name in ([wanted] if wanted in COMMANDS else COMMANDS)}
    parser = Parser(prog="circlekeeper", description="Restorative suggestions for school staff, on this machine alone.",
                    epilog="Without a command the window opens.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in modules.values():
        module.add_parser(commands)
    parsed = parser.parse_args(arguments)
    return int(modules[parsed.command].run(parsed))


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"desktop.cli.{name}")


def _open_window() -> int:
    if importlib.util.find_spec("PySide6") is None:
        _say("The window's library (PySide6) is not installed here; use the commands of `circlekeeper --help`.")
        return NOT_AVAILABLE
    if not has_display():
        _say("There is no display here; use the commands of `circlekeeper --help`.")
        return NOT_AVAILABLE
    return int(importlib.import_module("desktop.app").main())


def has_display() -> bool:
    """Whether a window can be opened (a platform plugin that the user names is believed)."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _status_of(error: Exception) -> int:
    if isinstance(error, CaseError | ImportFileError | VaultError):
        return BAD_INPUT
    if isinstance(error, EngineError) and error.code in _ENGINE_INPUT:
        return BAD_INPUT
    return NOT_AVAILABLE


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
