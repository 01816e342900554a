# SPDX-License-Identifier: Apache-2.0
"""Policies, scenarios, adapters, runs, checkpoints, settings: round trips through a closed file, and undo."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.domain.library import AdapterVersion, Policy, RunRecord, policy_id
from desktop.errors import BugError
from desktop.store.vault import Vault

MARKDOWN = "# 1 Respect\nEveryone is heard. Everyone is safe.\n\n# 2 Repair\nHarm is repaired.\n"
POLICY = Policy("conduct", "Code of conduct", MARKDOWN)
ADAPTER = AdapterVersion("a1", "2026-11-21T08:00:00Z", "53aa" * 16, 7, 60.25, None, "first")


def test_policies_and_their_passages(vault: Vault) -> None:
    vault.library.save_policy(POLICY)
    assert vault.library.policies() == [POLICY]
    assert [passage.id for passage in vault.library.passages()] == ["conduct-1", "conduct-2"]
    edit = vault.library.save_policy(replace(POLICY, markdown="# 1 Other\nText.\n"))
    removal = vault.library.delete_policy("conduct")
    assert vault.library.passages() == []
    for change in (removal, edit):
        assert change.undo is not None
        change.undo()
    assert vault.library.policies() == [POLICY]


def test_policy_id_that_cannot_be_cited_is_refused(vault: Vault) -> None:
    with pytest.raises(BugError):
        vault.library.save_policy(replace(POLICY, id="Code of conduct"))


def test_policy_ids_made_from_names() -> None:
    assert policy_id("Código de Conducta (2026)") == "codigo-de-conducta-2026"
    assert policy_id("行動規範") == "policy"
    assert policy_id("policy", {"policy", "policy-2"}) == "policy-3"
    assert len(policy_id("long " * 30, ())) <= 30


def test_scenarios_undo_in_any_order(vault: Vault) -> None:
    first = vault.library.add_scenarios(['{"id":"1"}', "", '{"id":"2"}\n'])
    second = vault.library.add_scenarios(['{"id":"3"}'])
    assert first.undo is not None
    again = first.undo()
    assert vault.library.scenario_lines() == ['{"id":"3"}']
    assert again.undo is not None
    again.undo()
    assert vault.library.scenario_lines() == ['{"id":"1"}', '{"id":"2"}', '{"id":"3"}']
    cleared = vault.library.clear_scenarios()
    assert vault.library.scenario_lines() == []
    assert cleared.undo is not None
    cleared.undo()
    assert len(vault.library.scenario_lines()) == 3
    assert second.undo is not None
    second.undo()
    assert len(vault.library.scenario_lines()) == 2


def test_adapter_bytes_survive_a_restart(vault: Vault, reopen: Callable[[], Vault]) -> None:
    gguf = os.urandom(3_000_001)
    vault.library.save_adapter(ADAPTER, gguf)
    vault.library.set_active_adapter("a1")
    vault.close()
    with reopen() as again:
        assert again.library.adapters() == [ADAPTER]
        assert again.library.adapter_bytes("a1") == gguf
        assert again.library.active_adapter() == "a1"
        assert again.damage() == []


def test_deleting_the_version_in_use_and_undoing_it(vault: Vault) -> None:
    vault.library.save_adapter(ADAPTER, b"GGUF...")
    vault.library.set_active_adapter("a1")
    change = vault.library.delete_adapter("a1")
    assert vault.library.active_adapter() is None
    with pytest.raises(BugError):
        vault.library.adapter_bytes("a1")
    assert change.undo is not None
    change.undo()
    assert vault.library.active_adapter() == "a1"
    assert vault.library.adapter_bytes("a1") == b"GGUF..."


def test_promotion_can_be_taken_back(vault: Vault) -> None:
    vault.library.save_adapter(ADAPTER, b"x")
    change = vault.library.set_active_adapter("a1")
    assert change.undo is not None
    change.undo()
    assert vault.library.active_adapter() is None
    with pytest.raises(BugError):
        vault.library.set_active_adapter("never saved")


def test_runs_and_checkpoints(vault: Vault) -> None:
    details = {"recipe": "restorative", "reward": [0.1]}
    run = RunRecord("r1", "2026-11-21T08:00:00Z", "running", "53aa" * 16, 7, details=details)
    vault.library.save_run(run)
    vault.library.save_checkpoint("r1", b"one")
    vault.library.save_checkpoint("r1", bytes(100_000))
    assert vault.library.checkpoint("r1") == bytes(100_000)
    assert vault.library.checkpoint("r2") is None
    done = replace(run, state="done", steps=32, seconds=490.5, adapter_id="a1")
    vault.library.save_run(done)
    vault.library.clear_checkpoint("r1")
    assert vault.library.runs() == [done]
    assert vault.library.checkpoint("r1") is None


def test_setting_and_undo(vault: Vault) -> None:
    assert vault.library.setting("theme") is None
    vault.library.set_setting("theme", "dark")
    change = vault.library.set_setting("theme", "light")
    assert change.undo is not None
    change.undo()
    assert vault.library.setting("theme") == "dark"
    assert vault.library.set_setting("theme", "dark").undo is None
