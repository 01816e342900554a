# SPDX-License-Identifier: Apache-2.0
"""From a passphrase to a key: Argon2id, its cost, and the limits within which a stored cost is believed.

Decision. The cost stands in the key file and is therefore untrusted: below `FLOOR` the file was weakened, above
`CEILING` it would be a memory bomb; both are refused before any work is done. New vaults get the dearest cost of a
short list that this machine does in about a second, so that a slow school machine still opens and a fast one is not
under-protected. Only a caller that says so explicitly (a test) gets a cheaper one.
"""

from __future__ import annotations

import time
import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from desktop.errors import PassphraseTooShort, VaultMemory

KEY_BYTES = 32
SALT_BYTES = 16
MIN_PASSPHRASE_CHARS = 12
TARGET_S = 1.0


@dataclass(frozen=True)
class Argon2Cost:
    """Cost of one derivation: `memory_kib` KiB, passes over it, and lanes (threads)."""

    memory_kib: int
    passes: int
    lanes: int

    def is_within(self, floor: Argon2Cost, ceiling: Argon2Cost) -> bool:
        """True when every part lies between the two (and enough memory for the lanes, as Argon2 demands)."""
        return (
            floor.memory_kib <= self.memory_kib <= ceiling.memory_kib
            and floor.passes <= self.passes <= ceiling.passes
            and floor.lanes <= self.lanes <= ceiling.lanes
            and self.memory_kib >= 8 * self.lanes
        )


FLOOR = Argon2Cost(memory_kib=64 * 1024, passes=3, lanes=1)
CEILING = Argon2Cost(memory_kib=1024 * 1024, passes=10, lanes=8)
_NEW_LANES = 4
_NEW_MEMORY_KIB = (256 * 1024, 128 * 1024)


def calibrated_cost() -> Argon2Cost:
    """The cost for a new vault on this machine: up to 256 MiB, as long as it takes about a second."""
    smallest = Argon2Cost(FLOOR.memory_kib, FLOOR.passes, _NEW_LANES)
    started = time.perf_counter()
    stretch("a passphrase to measure with", bytes(SALT_BYTES), smallest)
    smallest_s = time.perf_counter() - started
    for memory_kib in _NEW_MEMORY_KIB:
        if smallest_s * memory_kib / smallest.memory_kib <= TARGET_S:
            return Argon2Cost(memory_kib, smallest.passes, smallest.lanes)
    return smallest


def require_long_enough(passphrase: str) -> None:
    """Raise `PassphraseTooShort` for a passphrase that may not protect a new vault."""
    if len(passphrase.strip()) < MIN_PASSPHRASE_CHARS:
        raise PassphraseTooShort


def stretch(passphrase: str, salt: bytes, cost: Argon2Cost) -> bytes:
    """Derive 32 bytes. The text is normalised (NFKC), so that every keyboard and system gives the same bytes."""
    secret = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    derive = Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    )
    try:
        return derive.derive(secret)
    except MemoryError:
        raise VaultMemory from None
