# SPDX-License-Identifier: Apache-2.0
"""The key file: what opens it, and that every alteration is noticed."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from desktop.errors import KnownError, PassphraseTooShort, VaultDamaged, VaultTooNew, WrongPassphrase
from desktop.secrets import slots
from desktop.secrets.keys import VaultKeys, new_keys
from desktop.secrets.passphrase import (
    CEILING,
    FLOOR,
    TARGET_S,
    Argon2Cost,
    calibrated_cost,
    require_long_enough,
    stretch,
)
from desktop.store.connection import create_database, open_database

PASSPHRASE = "quiet lantern over water"
CHEAP = Argon2Cost(memory_kib=64, passes=1, lanes=1)


@pytest.fixture(scope="module")
def keys() -> VaultKeys:
    return new_keys()


@pytest.fixture(scope="module")
def sealed(keys: VaultKeys) -> bytes:
    return slots.seal(keys, PASSPHRASE, CHEAP)


def resealed(sealed: bytes, **changes: object) -> bytes:
    """The file as an attacker would leave it: changed, with a matching checksum (which needs no key)."""
    body = json.loads(sealed)
    del body["sum"]
    for name, value in changes.items():
        target = body if name in body else body["slots"][0]
        target[name] = value
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    body["sum"] = hashlib.sha256(text.encode()).hexdigest()
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


def test_passphrase_opens_what_it_sealed(keys: VaultKeys, sealed: bytes) -> None:
    assert slots.unseal(sealed, PASSPHRASE, CHEAP) == keys


def test_same_words_typed_on_another_system_open_it(keys: VaultKeys) -> None:
    sealed = slots.seal(keys, "caf\u00e9 au lait dehors", CHEAP)
    assert slots.unseal(sealed, "cafe\u0301 au lait dehors", CHEAP) == keys


@pytest.mark.parametrize("typed", ["", "quiet", PASSPHRASE + " ", PASSPHRASE.upper(), "\ud800", "x" * 100_000])
def test_other_passphrase_does_not(sealed: bytes, typed: str) -> None:
    with pytest.raises(WrongPassphrase):
        slots.unseal(sealed, typed, CHEAP)


def test_no_secret_stands_in_the_file_or_in_a_repr(keys: VaultKeys, sealed: bytes) -> None:
    for secret in (keys.cases, keys.library, keys.cases_database_key(), keys.slots_key()):
        assert secret not in sealed
        assert secret.hex().encode() not in sealed
        assert repr(secret) not in repr(keys)
        assert secret.hex() not in repr(keys)
    assert PASSPHRASE.encode() not in sealed


def test_two_vaults_with_one_passphrase_share_nothing(sealed: bytes) -> None:
    other = json.loads(slots.seal(new_keys(), PASSPHRASE, CHEAP))
    first = json.loads(sealed)
    for name in ("salt", "nonce", "commit", "ct", "id"):
        assert first["slots"][0][name] != other["slots"][0][name]


def test_every_flipped_byte_is_damage_and_never_a_wrong_passphrase(sealed: bytes) -> None:
    for position in range(len(sealed)):
        for bit in (1, 32):
            changed = sealed[:position] + bytes([sealed[position] ^ bit]) + sealed[position + 1:]
            with pytest.raises(VaultDamaged):
                slots.unseal(changed, PASSPHRASE, CHEAP)


def test_every_shortened_file_is_damage(sealed: bytes) -> None:
    for length in range(0, len(sealed), 7):
        with pytest.raises(VaultDamaged):
            slots.unseal(sealed[:length], PASSPHRASE, CHEAP)


@pytest.mark.parametrize(
    "junk",
    [b"", b"null", b"[]", b"{}", b'{"sum":NaN}', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b"9" * 10_000,
     b" " * (slots.MAX_FILE_BYTES + 1), os.urandom(500)],
    ids=range(11),
)
def test_junk_is_damage(junk: bytes) -> None:
    with pytest.raises(VaultDamaged):
        slots.unseal(junk, PASSPHRASE, CHEAP)


@pytest.mark.parametrize(
    "changes",
    [
        {"slots": []}, {"slots": [None]}, {"state": "rotating"}, {"format": 0}, {"format": "1"}, {"format": True},
        {"vault_id": "zz"}, {"vault_id": 5}, {"mac": "é"}, {"mac": "0" * 64}, {"gen": 2}, {"kind": "keyring"},
        {"ct": "00"}, {"salt": None}, {"nonce": "00" * 12}, {"ct": "00" * 80}, {"vault_id": "00" * 16},
        {"id": "00" * 8}, {"kdf": {}}, {"kdf": []},
        {"kdf": {"name": "argon2id", "memory_kib": "64", "passes": 1, "lanes": 1}},
        {"kdf": {"name": "pbkdf2", "memory_kib": 64, "passes": 1, "lanes": 1}},
    ],
    ids=str,
)
def test_alteration_with_a_matching_checksum_is_damage(sealed: bytes, changes: dict[str, Any]) -> None:
    with pytest.raises(VaultDamaged):
        slots.unseal(resealed(sealed, **changes), PASSPHRASE, CHEAP)


def test_slot_added_or_reordered_is_damage(sealed: bytes) -> None:
    own = json.loads(sealed)["slots"][0]
    stranger = json.loads(slots.seal(new_keys(), "another long passphrase", CHEAP))["slots"][0]
    for forged in ([own, stranger], [stranger, own]):
        with pytest.raises(VaultDamaged):
            slots.unseal(resealed(sealed, slots=forged), PASSPHRASE, CHEAP)


def test_later_format_is_named_as_such(sealed: bytes) -> None:
    with pytest.raises(VaultTooNew):
        slots.unseal(resealed(sealed, format=2), PASSPHRASE, CHEAP)


def test_cost_below_the_floor_or_above_the_ceiling_is_refused_before_any_work(sealed: bytes) -> None:
    with pytest.raises(VaultDamaged):
        slots.unseal(sealed, PASSPHRASE)  # the real floor: what tests seal with is too cheap
    bomb = {"name": "argon2id", "memory_kib": 64 * 1024 * 1024, "passes": 10, "lanes": 8}
    with pytest.raises(VaultDamaged):
        slots.unseal(resealed(sealed, kdf=bomb), PASSPHRASE, CHEAP)


def test_cost_of_a_new_vault_is_within_the_limits_and_bearable() -> None:
    cost = calibrated_cost()
    assert cost.is_within(FLOOR, CEILING)
    assert FLOOR.memory_kib >= 64 * 1024
    assert FLOOR.passes >= 3
    assert TARGET_S <= 1.5


def test_derivation_agrees_with_the_published_algorithm() -> None:
    # RFC 9106 has no vector without a secret and associated data; this one is the reference program's own.
    derived = stretch("password", b"somesalt", Argon2Cost(memory_kib=65536, passes=2, lanes=1))
    assert derived.hex() == "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"


@pytest.mark.parametrize("short", ["", "short", " " * 30, "elevenchars"])
def test_short_passphrase_is_refused(short: str) -> None:
    with pytest.raises(PassphraseTooShort):
        require_long_enough(short)


def test_each_compartment_has_keys_of_its_own(keys: VaultKeys, tmp_path: Path) -> None:
    derived = {keys.cases_database_key(), keys.library_database_key(), keys.slots_key(), keys.cases, keys.library}
    assert len(derived) == 5
    create_database(tmp_path / "cases.db", keys.cases_database_key()).close()
    create = create_database(tmp_path / "full.db", keys.cases_database_key())
    with create.transaction():
        create.write("CREATE TABLE a (b)")
    create.close()
    with pytest.raises(VaultDamaged):
        open_database(tmp_path / "full.db", keys.library_database_key())
    open_database(tmp_path / "full.db", keys.cases_database_key()).close()


def test_write_replaces_whole_files_only(tmp_path: Path) -> None:
    path = tmp_path / "vault.slots"
    slots.write_durably(path, b"one")
    slots.write_durably(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["vault.slots"]
    with pytest.raises(KnownError):
        slots.write_durably(tmp_path / "no such folder" / "vault.slots", b"three")
