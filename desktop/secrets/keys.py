# SPDX-License-Identifier: Apache-2.0
"""The vault's keys: one random master per compartment, and everything else derived from it.

    master of a compartment (32 random bytes)
      └ HKDF-SHA256(master, salt = vault id, info = "circlekeeper/1/" + label) -> 32 bytes
          "database"  raw SQLCipher key of the compartment's file
          "slots"     authenticates the key file (from the library's master, which every role holds)

Two masters, so that who holds the library only cannot open a case (a role is cryptography, not a hidden button).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MASTER_BYTES = 32
VAULT_ID_BYTES = 16


@dataclass(frozen=True)
class VaultKeys:
    """The unsealed masters of one vault. Never shown in a repr."""

    vault_id: bytes
    cases: bytes = field(repr=False)
    library: bytes = field(repr=False)

    def cases_database_key(self) -> bytes:
        """Raw key of cases.db."""
        return derive(self.cases, self.vault_id, "database")

    def library_database_key(self) -> bytes:
        """Raw key of library.db."""
        return derive(self.library, self.vault_id, "database")

    def slots_key(self) -> bytes:
        """Key of the key file's authentication code."""
        return derive(self.library, self.vault_id, "slots")


def new_keys() -> VaultKeys:
    """Fresh random keys for a new vault."""
    return VaultKeys(os.urandom(VAULT_ID_BYTES), os.urandom(MASTER_BYTES), os.urandom(MASTER_BYTES))


def derive(key: bytes, salt: bytes, label: str, length: int = 32) -> bytes:
    """HKDF-SHA256 with the project's label scheme (module docstring)."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=f"circlekeeper/1/{label}".encode()).derive(key)
