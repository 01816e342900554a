# SPDX-License-Identifier: Apache-2.0
"""A disk that refuses to take more, simulated with a limit that the kernel enforces (POSIX)."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from made_incidents import incident

from desktop.errors import NotSaved, VaultError
from desktop.store.vault import Vault


@contextmanager
def no_file_longer_than(size_bytes: int) -> Iterator[None]:
    """Writes beyond that size fail, as on a failing disk."""
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, unlimited[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        signal.signal(signal.SIGXFSZ, former)


def test_refused_write_is_told_and_loses_nothing_that_was_saved(vault: Vault) -> None:
    before, after = incident("before"), incident("after")
    vault.cases.save_incident(before)
    with no_file_longer_than(150_000), pytest.raises(NotSaved) as caught:
        vault.cases.save_incident(incident("x" * 500_000))
    assert isinstance(caught.value, VaultError)
    assert "not saved" in caught.value.sentence
    vault.cases.save_incident(after)
    assert vault.cases.incidents() == [after, before]
    assert vault.damage() == []
