# SPDX-License-Identifier: Apache-2.0
"""Every error that crosses a boundary of the application, known ones and bugs apart.

    CirclekeeperError
    ├── KnownError              something a person can understand and act on: `code` and one calm `sentence`
    │   ├── VaultError          the encrypted database
    │   │   ├── WrongPassphrase
    │   │   ├── PassphraseTooShort
    │   │   ├── NotAVault       the folder holds no vault at all
    │   │   ├── VaultExists     creating where a vault (or what is left of one) already stands
    │   │   ├── VaultBusy       another process has it open
    │   │   ├── VaultDamaged    missing, cut, altered or foreign files; never treated as a first run
    │   │   ├── VaultTooNew     written by a newer version
    │   │   ├── VaultNotWritable
    │   │   ├── VaultMemory     too little memory to unlock
    │   │   ├── NotSaved        the disk reported an error
    │   │   └── DiskFull
    │   ├── EngineError         the model or the process that runs it
    │   ├── TrainerError        the training program
    │   └── ImportFileError     a file chosen by the user
    └── BugError                our mistake; shown in the crash dialog
        └── WriteOutsideTransaction

Adapters convert what their library raises, and nobody else does. Texts are constants or name a file of ours: no key,
no name of a person, no text of an incident, and never the text of a foreign exception, which may quote all three.
"""

from __future__ import annotations

import errno


class CirclekeeperError(Exception):
    """Root of the tree (module docstring)."""


class KnownError(CirclekeeperError):
    """Trouble that is told calmly. `code` is stable and for programs, `sentence` is for people."""

    code = "known"
    sentence = "This did not work."

    def __init__(self, sentence: str | None = None, *, code: str | None = None) -> None:
        self.sentence = sentence or type(self).sentence
        self.code = code or type(self).code
        super().__init__(self.sentence)


class BugError(CirclekeeperError):
    """A mistake of the program. The text says where, never with what data."""

    code = "bug"


class VaultError(KnownError):
    """The encrypted database cannot do what was asked."""

    code = "vault"
    sentence = "The vault could not be used."


class WrongPassphrase(VaultError):
    code = "vault-wrong-passphrase"
    sentence = "That passphrase does not open this vault; check Caps Lock and the keyboard layout, and try again."


class PassphraseTooShort(VaultError):
    code = "vault-passphrase-short"
    sentence = "The passphrase is too short; use at least 12 characters, for example four or five unrelated words."


class NotAVault(VaultError):
    code = "vault-none"
    sentence = "There is no vault in this folder; choose another folder, or create a new vault."


class VaultExists(VaultError):
    code = "vault-exists"
    sentence = "This folder already holds a vault; open it, or choose an empty folder."


class VaultBusy(VaultError):
    code = "vault-busy"
    sentence = "This vault is already open in another window or program; close that one first."


class VaultDamaged(VaultError):
    code = "vault-damaged"
    sentence = "The vault is damaged; nothing was changed. Keep the folder as it is and restore a backup."


class VaultTooNew(VaultError):
    code = "vault-too-new"
    sentence = "This vault was written by a newer version of Circlekeeper; install that version to open it."


class VaultNotWritable(VaultError):
    code = "vault-not-writable"
    sentence = "The vault's folder cannot be written; check its permissions, or choose another folder."


class VaultMemory(VaultError):
    code = "vault-memory"
    sentence = "There is too little free memory to unlock the vault; close other programs and try again."


class NotSaved(VaultError):
    code = "vault-not-saved"
    sentence = "The disk reported an error and the last change was not saved; check the disk, then save again."


class DiskFull(VaultError):
    code = "vault-disk-full"
    sentence = "The disk is full and the last change was not saved; free some space, then save again."


class EngineError(KnownError):
    """The language model, or the process that runs it."""

    code = "engine"
    sentence = "The model stopped unexpectedly; try again."


class TrainerError(KnownError):
    """The training program."""

    code = "trainer"
    sentence = "The training program stopped unexpectedly; try again."


class ImportFileError(KnownError):
    """A file chosen by the user."""

    code = "import-file"
    sentence = "This file could not be read; choose another one."


class WriteOutsideTransaction(BugError):
    """Something tried to write to the database outside `transaction()`."""

    def __init__(self) -> None:
        super().__init__("a write to the database outside a transaction")


def vault_error_from(error: OSError) -> VaultError:
    """The known error for a failed file operation on the vault."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return DiskFull()
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return VaultNotWritable()
    return NotSaved()
