# SPDX-License-Identifier: Apache-2.0
"""A process that saves incidents without end and prints each number once it is acknowledged, to be killed."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from desktop.domain.incident import Incident, IncidentId
from desktop.secrets.passphrase import Argon2Cost
from desktop.store.vault import Vault


def main() -> None:
    """Arguments: the vault's folder and the first number. The passphrase comes over stdin."""
    passphrase = sys.stdin.readline().rstrip("\n")
    vault = Vault.open(Path(sys.argv[1]), passphrase, floor=Argon2Cost(64, 1, 1))
    for number in itertools.count(int(sys.argv[2])):
        time, text = f"2026-11-21T08:00:00.{number:06d}Z", f"number {number} " + "word " * (number % 300)
        vault.cases.save_incident(Incident(IncidentId(f"i{number}"), text, None, None, (), time, time))
        print(number, flush=True)


if __name__ == "__main__":
    main()
