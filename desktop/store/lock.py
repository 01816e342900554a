# SPDX-License-Identifier: Apache-2.0
"""One process per vault: an operating-system lock on `vault.lock`, given up by the system when the process ends.

The file stays after use (deleting it would let two processes hold locks on two files of one name) and is empty.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop.errors import VaultBusy, vault_error_from

FILE = "vault.lock"

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class VaultLock:
    """A held lock. The window and the command line use the same one."""

    def __init__(self, folder: Path) -> None:
        """Take the lock; raise `VaultBusy` when another process (or another `Vault` of this one) has it."""
        try:
            # Not inherited by children (Python's default), so a training run that outlives the app does not hold it.
            self._handle: int | None = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise vault_error_from(error) from None
        try:
            _lock(self._handle)
        except OSError:
            self.release()
            raise VaultBusy from None

    def release(self) -> None:
        """Give the lock up. Calling it again does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
