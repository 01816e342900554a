# SPDX-License-Identifier: Apache-2.0
"""The key file `vault.slots`: the vault's masters, sealed once per way in.

Canonical JSON (sorted keys, no spaces, no floats, ASCII; bytes as hex):

    {"format": 1, "vault_id", "gen", "state": "stable",
     "slots": [{"id", "kind": "passphrase", "kdf": {"name", "memory_kib", "passes", "lanes"}, "salt", "nonce",
                "commit", "ct"}],
     "mac", "sum"}

A slot is AES-256-GCM over the masters. Its associated data is the slot without `ct`, with vault id and format, so a
lowered cost or a slot moved from elsewhere does not open. `commit` is derived from the slot's key and compared first:
it tells a wrong passphrase from damage, and GCM alone does not bind a text to one key. `mac` (HMAC-SHA256, key from
the masters) covers the whole file: a slot added, removed or reordered is noticed. `sum` is a plain SHA-256 against
decay only: without it a flipped bit in a salt would look like a wrong passphrase.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desktop.errors import VaultDamaged, VaultTooNew, WrongPassphrase, vault_error_from
from desktop.secrets.keys import MASTER_BYTES, VAULT_ID_BYTES, VaultKeys, derive
from desktop.secrets.passphrase import CEILING, FLOOR, SALT_BYTES, Argon2Cost, stretch

FORMAT = 1
MAX_FILE_BYTES = 1024 * 1024
COMMIT_BYTES = 16
NONCE_BYTES = 12
_ALTERED = "The vault's key file (vault.slots) is damaged or was altered; restore it from a backup."
_OPAQUE = {"salt": SALT_BYTES, "nonce": NONCE_BYTES, "commit": COMMIT_BYTES, "ct": 2 * MASTER_BYTES + 16}


def seal(keys: VaultKeys, passphrase: str, cost: Argon2Cost) -> bytes:
    """The key file's bytes with one passphrase slot that opens `keys`."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "vault_id": keys.vault_id.hex(),
        "gen": 1,
        "state": "stable",
        "slots": [_seal_slot(keys, passphrase, cost)],
    }
    body["mac"] = _mac(keys, body)
    body["sum"] = hashlib.sha256(_canonical(body)).hexdigest()
    return _canonical(body)


def unseal(untrusted: bytes, passphrase: str, floor: Argon2Cost = FLOOR) -> VaultKeys:
    """Open the key file with a passphrase.

    Raises `WrongPassphrase` when no slot fits, `VaultDamaged` when the file is not what was written, `VaultTooNew`
    for a later format. `floor` is lowered only by tests.
    """
    body = _parse(untrusted)
    for slot in body["slots"]:
        keys = _open_slot(slot, body["vault_id"], passphrase, floor)
        if keys is not None:
            claimed = {name: value for name, value in body.items() if name not in ("mac", "sum")}
            if not hmac.compare_digest(_mac(keys, claimed), body["mac"]):
                raise VaultDamaged(_ALTERED)
            return keys
    raise WrongPassphrase


def write_durably(path: Path, data: bytes) -> None:
    """Replace `path` so that after a power cut it holds either the old bytes or the new ones, whole."""
    temporary = path.with_name(path.name + ".new")
    try:
        with open(temporary, "wb", opener=_open_private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        failure = vault_error_from(error)
    else:
        return
    raise failure


def sync_folder(folder: Path) -> None:
    """Make renames and deletions in `folder` durable. Windows has no such call; NTFS orders them in its journal."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _seal_slot(keys: VaultKeys, passphrase: str, cost: Argon2Cost) -> dict[str, Any]:
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    wrapping_key = stretch(passphrase, salt, cost)
    slot: dict[str, Any] = {
        "id": os.urandom(8).hex(),
        "kind": "passphrase",
        "kdf": {"name": "argon2id", "memory_kib": cost.memory_kib, "passes": cost.passes, "lanes": cost.lanes},
        "salt": salt.hex(),
        "nonce": nonce.hex(),
        "commit": _commit(wrapping_key, salt).hex(),
    }
    bound = _bound_data(slot, keys.vault_id.hex())
    slot["ct"] = AESGCM(_sealing_key(wrapping_key, salt)).encrypt(nonce, keys.cases + keys.library, bound).hex()
    return slot


def _open_slot(slot: dict[str, Any], vault_id: str, passphrase: str, floor: Argon2Cost) -> VaultKeys | None:
    cost = _cost(slot["kdf"])
    if not cost.is_within(floor, CEILING):
        raise VaultDamaged(_ALTERED)
    opaque = {name: bytes.fromhex(slot[name]) for name in _OPAQUE}
    wrapping_key = stretch(passphrase, opaque["salt"], cost)
    if not hmac.compare_digest(_commit(wrapping_key, opaque["salt"]), opaque["commit"]):
        return None
    bound = _bound_data({name: value for name, value in slot.items() if name != "ct"}, vault_id)
    cipher = AESGCM(_sealing_key(wrapping_key, opaque["salt"]))
    try:
        masters = cipher.decrypt(opaque["nonce"], opaque["ct"], bound)
    except InvalidTag:
        raise VaultDamaged(_ALTERED) from None
    return VaultKeys(bytes.fromhex(vault_id), masters[:MASTER_BYTES], masters[MASTER_BYTES:])


def _commit(wrapping_key: bytes, salt: bytes) -> bytes:
    return derive(wrapping_key, salt, "commit", COMMIT_BYTES)


def _sealing_key(wrapping_key: bytes, salt: bytes) -> bytes:
    return derive(wrapping_key, salt, "seal")


def _bound_data(slot_without_ct: dict[str, Any], vault_id: str) -> bytes:
    return _canonical({"slot": slot_without_ct, "vault_id": vault_id, "format": FORMAT})


def _mac(keys: VaultKeys, body: dict[str, Any]) -> str:
    return hmac.new(keys.slots_key(), _canonical(body), hashlib.sha256).hexdigest()


def _canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def _parse(untrusted: bytes) -> dict[str, Any]:
    """The file as a checked tree; its secrets are still sealed and its cost unchecked."""
    if len(untrusted) > MAX_FILE_BYTES:
        raise VaultDamaged(_ALTERED)
    try:
        body = json.loads(untrusted)
    except (ValueError, RecursionError):
        raise VaultDamaged(_ALTERED) from None
    if not isinstance(body, dict):
        raise VaultDamaged(_ALTERED)
    claimed_sum = body.pop("sum", None)
    if hashlib.sha256(_canonical_or_empty(body)).hexdigest() != claimed_sum:
        raise VaultDamaged(_ALTERED)
    _require_known_format(body)
    if not _is_hex(body.get("vault_id"), VAULT_ID_BYTES) or not _is_hex(body.get("mac"), 32):
        raise VaultDamaged(_ALTERED)
    slots = body.get("slots")
    if not isinstance(slots, list) or not slots or not all(_is_slot(slot) for slot in slots):
        raise VaultDamaged(_ALTERED)
    return body


def _canonical_or_empty(body: dict[str, Any]) -> bytes:
    try:
        return _canonical(body)
    except (ValueError, RecursionError):  # NaN or absurd nesting, which we never write
        return b""


def _require_known_format(body: dict[str, Any]) -> None:
    written = body.get("format")
    if isinstance(written, int) and not isinstance(written, bool) and written > FORMAT:
        raise VaultTooNew
    if written != FORMAT or body.get("state") != "stable":
        raise VaultDamaged(_ALTERED)


def _is_slot(slot: object) -> bool:
    return (
        isinstance(slot, dict)
        and slot.get("kind") == "passphrase"
        and isinstance(slot.get("kdf"), dict)
        and slot["kdf"].get("name") == "argon2id"
        and all(_is_hex(slot.get(name), size) for name, size in _OPAQUE.items())
    )


def _is_hex(value: object, size: int) -> bool:
    return isinstance(value, str) and len(value) == 2 * size and all(c in "0123456789abcdef" for c in value)


def _cost(kdf: dict[str, Any]) -> Argon2Cost:
    parts = [kdf.get(name) for name in ("memory_kib", "passes", "lanes")]
    if not all(isinstance(part, int) and not isinstance(part, bool) for part in parts):
        raise VaultDamaged(_ALTERED)
    memory_kib, passes, lanes = (int(part) for part in parts if part is not None)
    return Argon2Cost(memory_kib, passes, lanes)
