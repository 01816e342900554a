# SPDX-License-Identifier: Apache-2.0
"""All tests, each in the environment of its program: tests/trainer in the trainer's, the rest in the app's."""

from __future__ import annotations

import subprocess
from pathlib import Path

from devtools import setup, system
from devtools.console import environment, say
from devtools.layout import Layout, python_of

TRAINER_TESTS = Path("tests/trainer")
NOTHING_COLLECTED = 5


def run(layout: Layout, arguments: list[str]) -> int:
    """pytest's exit status of the first environment whose tests failed, 0 when all passed."""
    setup.ensure(layout)
    system.provide_screen_for_tests(layout)
    outcomes = {}
    for name, folder, chosen in plan(layout, arguments):
        say(f"Tests in {name}:")
        command = [python_of(folder), "-P", "-m", "pytest", *chosen]
        outcomes[name] = subprocess.call(command, cwd=layout.root, env=_variables())
    return judge(outcomes, filtered=bool(arguments))


def plan(layout: Layout, arguments: list[str]) -> list[tuple[str, Path, list[str]]]:
    """(name, environment, pytest arguments) for each run. Named paths go where they belong, options go to both."""
    paths = [argument for argument in arguments if _is_path(layout, argument)]
    options = [argument for argument in arguments if argument not in paths]
    if not paths:
        app = [*options, "tests", f"--ignore={TRAINER_TESTS.as_posix()}"]
        return [("the app's environment", layout.app, app), _trainer_run(layout, [*options, TRAINER_TESTS.as_posix()])]
    own = [path for path in paths if _of_trainer(layout, path)]
    rest = [path for path in paths if path not in own]
    runs = []
    if rest:
        kept_apart = f"--ignore={TRAINER_TESTS.as_posix()}"
        runs.append(("the app's environment", layout.app, [*options, *rest, kept_apart]))
    if own:
        runs.append(_trainer_run(layout, [*options, *own]))
    return runs


def _trainer_run(layout: Layout, arguments: list[str]) -> tuple[str, Path, list[str]]:
    return ("the trainer's environment", layout.trainer, arguments)


def _is_path(layout: Layout, argument: str) -> bool:
    return not argument.startswith("-") and (layout.root / argument.split("::")[0]).exists()


def _of_trainer(layout: Layout, argument: str) -> bool:
    place = (layout.root / argument.split("::")[0]).resolve()
    return place.is_relative_to((layout.root / TRAINER_TESTS).resolve())


def judge(outcomes: dict[str, int], *, filtered: bool) -> int:
    """A filter may leave one environment without a test, but not all of them."""
    failed = [code for code in outcomes.values() if code not in (0, NOTHING_COLLECTED)]
    if failed:
        return failed[0]
    empty = [code for code in outcomes.values() if code == NOTHING_COLLECTED]
    return NOTHING_COLLECTED if empty and (not filtered or len(empty) == len(outcomes)) else 0


def _variables() -> dict[str, str]:
    """Without CI: some libraries keep quiet when it is set, and the tests must see how they behave for a user."""
    variables = environment()
    variables.pop("CI", None)
    return variables
