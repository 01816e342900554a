# SPDX-License-Identifier: Apache-2.0
"""Creating and opening a vault, without a window."""

from __future__ import annotations

import pytest
from vault_desk import PASSPHRASE

from desktop.secrets import passphrase
from desktop.services import vault as vault_service
from desktop.services.vault import VaultService
from desktop.tasks import InlineTasks
from desktop.viewmodels.vault import Strength, VaultViewModel, strength_of


def test_a_vault_is_created_closed_and_opened(closed: VaultService) -> None:
    opened: list[bool] = []
    first = VaultViewModel(closed, InlineTasks())
    first.opened.connect(lambda: opened.append(True))
    assert first.is_new
    first.create(PASSPHRASE, PASSPHRASE)
    assert opened == [True] and first.sentence == ""
    closed.close()
    second = VaultViewModel(closed, InlineTasks())
    assert not second.is_new
    second.open("not that passphrase")
    assert "does not open" in second.sentence and not second.is_busy
    second.open(PASSPHRASE)
    assert second.sentence == ""
    closed.close()


def test_two_different_passphrases_touch_nothing(closed: VaultService) -> None:
    model = VaultViewModel(closed, InlineTasks())
    model.create(PASSPHRASE, PASSPHRASE + "!")
    assert "differ" in model.sentence and not closed.exists()


@pytest.mark.parametrize(
    ("words", "level"),
    [("", "none"), ("short", "short"), ("elevenchars", "short"), ("twelve chars", "fair"), ("a" * 40, "fair"),
     ("quiet lantern over water", "good"), ("correct horse staple", "good")],
)
def test_the_hint_follows_length_and_variety(words: str, level: str) -> None:
    assert strength_of(words).level == level


def test_the_hint_counts_what_is_missing() -> None:
    assert strength_of("ten chars!") == Strength("short", 2)


def test_the_window_promises_the_vaults_own_least_length() -> None:
    assert vault_service.MIN_PASSPHRASE_CHARS == passphrase.MIN_PASSPHRASE_CHARS
