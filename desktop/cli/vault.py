# SPDX-License-Identifier: Apache-2.0
"""`circlekeeper vault`: create a vault, or verify that every page of one can be read."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from desktop import paths, wiring
from desktop.errors import VaultDamaged, VaultError

MAX_PASSPHRASE_BYTES = 4096


def add_parser(commands: Any) -> None:
    """Register the command."""
    parser: argparse.ArgumentParser = commands.add_parser("vault", help="create or verify a vault")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in (("create", "make a new vault"), ("verify", "read every page of a vault")):
        action = actions.add_parser(name, help=text)
        action.add_argument("folder", metavar="DIR", nargs="?", help="the vault's folder (default: this program's own)")
        action.add_argument("--passphrase-stdin", action="store_true",
                            help="read the passphrase from the first line of standard input")


def run(args: argparse.Namespace) -> int:
    """Create or verify."""
    folder = Path(args.folder).expanduser() if args.folder else paths.vault_folder()
    if args.action == "create":
        passphrase = _passphrase(args.passphrase_stdin, is_new=True)
        print("Making the vault; this takes a few seconds…", file=sys.stderr)
        wiring.create_vault(folder, passphrase).close()
        print("The vault is ready. Without its passphrase nobody can open it, and nobody can restore it.")
        return 0
    with wiring.open_vault(folder, _passphrase(args.passphrase_stdin, is_new=False)) as vault:
        if vault.damage():
            raise VaultDamaged
    print("The vault is sound: every page of both files could be read.")
    return 0


def _passphrase(from_stdin: bool, *, is_new: bool) -> str:
    """From standard input or asked for without echo; never from arguments or the environment."""
    if from_stdin:
        line = sys.stdin.buffer.readline(MAX_PASSPHRASE_BYTES)
        try:
            return line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise VaultError("The passphrase on standard input is not UTF-8 text; check how it is piped in.") from None
    if not sys.stdin.isatty():
        raise VaultError("There is no terminal to ask for the passphrase; pipe it in with --passphrase-stdin.")
    first = getpass.getpass("Passphrase: ")
    if is_new and getpass.getpass("The same passphrase again: ") != first:
        raise VaultError("The two passphrases differ; start again.")
    return first
