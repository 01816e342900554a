# SPDX-License-Identifier: Apache-2.0
"""The command line: the window's services without Qt.

One module per command, with `add_parser(subparsers)` and `run(args) -> int`; `main.py` imports only the one that is
asked for. Exit status: 0 done, 2 bad input (one line on stderr), 3 not available here, 130 cancelled, 1 a bug.
"""
