#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The developer's one command: makes the two environments, then runs, tests, checks or measures the program.

    python3 packaging/dev.py run                    the window
    python3 packaging/dev.py run --headless-demo    the main job without a screen
    python3 packaging/dev.py test [pytest options]  all tests
    python3 packaging/dev.py check                  lint, types, import rules, size rules
    python3 packaging/dev.py bench [--long]         the measured figures
    python3 packaging/dev.py setup                  the environments alone
    python3 packaging/dev.py lock                   resolve the locks anew (needs the network)

Standard library only. This file stays readable by old interpreters, so that they can be told what is missing.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("Circlekeeper needs Python 3.11, and this is %d.%d: start it with a newer python3." % sys.version_info[:2])

import argparse
import signal

from devtools import bench, checks, console, launch, locks, setup, testing
from devtools.layout import CHECKOUT


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py", description="Run, test, check or measure Circlekeeper.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="open the window")
    run.add_argument("--headless-demo", action="store_true", help="do the main job without a screen")
    run.add_argument("--minutes", type=_minutes, default=6.0, help="minutes of training in the demo (default 6)")
    commands.add_parser("test", help="run all tests; what follows goes to pytest", add_help=False)
    commands.add_parser("check", help="lint, types, import rules, size rules")
    measure = commands.add_parser("bench", help="measure and print a table")
    measure.add_argument("--long", action="store_true", help="include what takes many minutes")
    commands.add_parser("setup", help="make the environments and nothing else")
    commands.add_parser("lock", help="resolve the locks anew")
    return parser


def _minutes(text: str) -> float:
    value = float(text)
    if not 0 < value <= 240:
        raise argparse.ArgumentTypeError("give a number of minutes between 0 and 240")
    return value


def perform(parser: argparse.ArgumentParser) -> int:
    options, rest = parser.parse_known_args()
    if rest and options.command != "test":
        parser.error("unknown: " + " ".join(rest))
    if options.command == "run":
        return launch.demo(CHECKOUT, options.minutes) if options.headless_demo else launch.window(CHECKOUT)
    if options.command == "test":
        return testing.run(CHECKOUT, rest)
    if options.command == "check":
        return checks.run(CHECKOUT)
    if options.command == "bench":
        return bench.run(CHECKOUT, long=options.long)
    if options.command == "lock":
        return locks.run(CHECKOUT)
    return setup.run(CHECKOUT)


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return perform(arguments())
    except console.Trouble as trouble:
        console.complain(str(trouble))
        return trouble.status
    except KeyboardInterrupt:
        console.complain("Stopped. Start the same command again and it goes on from here.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
