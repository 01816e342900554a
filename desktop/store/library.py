# SPDX-License-Identifier: Apache-2.0
"""The library compartment: policies, scenarios, trained versions, runs, settings. Training reads only this file.

Decision: adapters and checkpoints are rows of this file, so that they are encrypted, saved in the same transaction as
what describes them, and covered by the same checks. They are a few to a hundred megabytes; SQLite's limit is 1 GB.
Turned down for now: one sealed file per blob (a second format to authenticate, orphans after a kill).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial

from desktop.domain.change import Change
from desktop.domain.library import POLICY_ID, AdapterVersion, Policy, RunRecord
from desktop.errors import BugError
from desktop.store.connection import Database, Row
from trainer.practice.citations import Passage, split_policy

_ADAPTER = "id, created_at, base_sha256, seed, score_before, score_after, note"
_RUN = "id, created_at, state, base_sha256, seed, steps, seconds, adapter_id, details"
_ACTIVE_ADAPTER = "active_adapter"


class LibraryStore:
    """Typed access to library.db. Called on the store thread; so are the `undo`s of the changes it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Policies

    def policies(self) -> list[Policy]:
        """All policies, in the order in which they were added."""
        return [Policy(*row) for row in self._database.read("SELECT id, name, markdown FROM policy ORDER BY seq")]

    def save_policy(self, policy: Policy) -> Change:
        """Add the policy, or replace the one with its id."""
        if not POLICY_ID.fullmatch(policy.id):
            raise BugError("a policy id that no passage id can start with")
        return self._put_policy(policy.id, policy, "Save policy")

    def delete_policy(self, policy_id: str) -> Change:
        """Remove a policy."""
        return self._put_policy(policy_id, None, "Delete policy")

    def passages(self) -> list[Passage]:
        """All policies, cut into the passages that can be cited."""
        return [passage for policy in self.policies() for passage in split_policy(policy.id, policy.markdown)]

    def _put_policy(self, policy_id: str, wanted: Policy | None, label: str) -> Change:
        before = next((policy for policy in self.policies() if policy.id == policy_id), None)
        if before == wanted:
            return Change(frozenset(), label)
        with self._database.transaction():
            if wanted is None:
                self._database.write("DELETE FROM policy WHERE id = ?", (policy_id,))
            else:
                self._database.write(
                    "INSERT INTO policy (id, name, markdown) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                    "name = excluded.name, markdown = excluded.markdown",
                    (wanted.id, wanted.name, wanted.markdown),
                )
        return Change(frozenset({"policy"}), label, partial(self._put_policy, policy_id, before, label))

    # Scenarios

    def scenario_lines(self) -> list[str]:
        """All scenarios, one JSON line each (`trainer.practice.scenario`)."""
        return [line for _, line in self._scenario_rows()]

    def add_scenarios(self, lines: Iterable[str]) -> Change:
        """Append scenarios; blank lines are left out."""
        label = "Add scenarios"
        wanted = [line.strip() for line in lines if line.strip()]
        with self._database.transaction():
            rows: list[Row] = [
                (self._database.write("INSERT INTO scenario (line) VALUES (?)", (line,)), line) for line in wanted
            ]
        if not rows:
            return Change(frozenset(), label)
        return Change(frozenset({"scenario"}), label, partial(self._swap_scenarios, rows, [], label))

    def clear_scenarios(self) -> Change:
        """Remove all scenarios."""
        return self._swap_scenarios(self._scenario_rows(), [], "Remove all scenarios")

    def _scenario_rows(self) -> list[Row]:
        return self._database.read("SELECT seq, line FROM scenario ORDER BY seq")

    def _swap_scenarios(self, remove: list[Row], add: list[Row], label: str) -> Change:
        with self._database.transaction():
            for seq, _ in remove:
                self._database.write("DELETE FROM scenario WHERE seq = ?", (seq,))
            for seq, line in add:
                self._database.write("INSERT INTO scenario (seq, line) VALUES (?, ?)", (seq, line))
        return Change(frozenset({"scenario"}), label, partial(self._swap_scenarios, add, remove, label))

    # Trained versions

    def adapters(self) -> list[AdapterVersion]:
        """All trained versions, oldest first."""
        return [AdapterVersion(*row) for row in self._database.read(f"SELECT {_ADAPTER} FROM adapter ORDER BY seq")]

    def save_adapter(self, adapter: AdapterVersion, gguf: bytes) -> Change:
        """Keep a new trained version with its GGUF file."""
        with self._database.transaction():
            self._database.write(
                f"INSERT INTO adapter ({_ADAPTER}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (adapter.id, adapter.created_at, adapter.base_sha256, adapter.seed, adapter.score_before,
                 adapter.score_after, adapter.note),
            )
            self._database.write("INSERT INTO adapter_file (adapter_id, gguf) VALUES (?, ?)", (adapter.id, gguf))
        return Change(frozenset({"adapter"}), "Save trained version", partial(self.delete_adapter, adapter.id))

    def delete_adapter(self, adapter_id: str) -> Change:
        """Remove a trained version; when it was in use, the base model is used again."""
        adapter = next((version for version in self.adapters() if version.id == adapter_id), None)
        if adapter is None:
            return Change(frozenset(), "Delete trained version")
        gguf, was_active = self.adapter_bytes(adapter_id), self.active_adapter() == adapter_id
        with self._database.transaction():
            self._database.write("DELETE FROM adapter WHERE id = ?", (adapter_id,))
            if was_active:
                self._write_setting(_ACTIVE_ADAPTER, None)
        undo = partial(self._bring_back_adapter, adapter, gguf, was_active)
        return Change(frozenset({"adapter", "setting"}), "Delete trained version", undo)

    def _bring_back_adapter(self, adapter: AdapterVersion, gguf: bytes, is_active: bool) -> Change:
        change = self.save_adapter(adapter, gguf)
        if is_active:
            self.set_active_adapter(adapter.id)
        return Change(frozenset({"adapter", "setting"}), change.label, change.undo)

    def adapter_bytes(self, adapter_id: str) -> bytes:
        """The GGUF file of a trained version."""
        rows = self._database.read("SELECT gguf FROM adapter_file WHERE adapter_id = ?", (adapter_id,))
        if not rows:
            raise BugError("a trained version that the library does not have")
        return bytes(rows[0][0])

    def active_adapter(self) -> str | None:
        """The id of the trained version in use; None is the base model."""
        return self.setting(_ACTIVE_ADAPTER)

    def set_active_adapter(self, adapter_id: str | None) -> Change:
        """Use a trained version, or with None the base model."""
        if adapter_id is not None and adapter_id not in {version.id for version in self.adapters()}:
            raise BugError("a trained version that the library does not have")
        change = self._put_setting(_ACTIVE_ADAPTER, adapter_id)
        return Change(change.kinds | {"adapter"} if change.kinds else change.kinds, "Use this version", change.undo)

    # Runs

    def runs(self) -> list[RunRecord]:
        """All training runs, newest first."""
        rows = self._database.read(f"SELECT {_RUN} FROM run ORDER BY seq DESC")
        return [RunRecord(*(*row[:-1], json.loads(row[-1]))) for row in rows]

    def save_run(self, run: RunRecord) -> Change:
        """Add the run, or replace the one with its id. A record of what happened: not undone."""
        with self._database.transaction():
            self._database.write(
                f"INSERT INTO run ({_RUN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "state = excluded.state, steps = excluded.steps, seconds = excluded.seconds, "
                "adapter_id = excluded.adapter_id, details = excluded.details",
                (run.id, run.created_at, run.state, run.base_sha256, run.seed, run.steps, run.seconds,
                 run.adapter_id, json.dumps(run.details)),
            )
        return Change(frozenset({"run"}), "Save run")

    def save_checkpoint(self, run_id: str, data: bytes) -> None:
        """Keep the newest state of a run; the one before is replaced."""
        with self._database.transaction():
            self._database.write(
                "INSERT INTO checkpoint (run_id, data) VALUES (?, ?) "
                "ON CONFLICT (run_id) DO UPDATE SET data = excluded.data",
                (run_id, data),
            )

    def checkpoint(self, run_id: str) -> bytes | None:
        """The newest state of a run, or None."""
        rows = self._database.read("SELECT data FROM checkpoint WHERE run_id = ?", (run_id,))
        return bytes(rows[0][0]) if rows else None

    def clear_checkpoint(self, run_id: str) -> None:
        """Forget the state of a run that has ended."""
        with self._database.transaction():
            self._database.write("DELETE FROM checkpoint WHERE run_id = ?", (run_id,))

    # Settings of this vault

    def setting(self, key: str) -> str | None:
        """The value of a setting, or None when it was never set."""
        rows = self._database.read("SELECT value FROM setting WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def set_setting(self, key: str, value: str) -> Change:
        """Set a setting."""
        return self._put_setting(key, value)

    def _put_setting(self, key: str, value: str | None) -> Change:
        before = self.setting(key)
        if before == value:
            return Change(frozenset(), "Change setting")
        with self._database.transaction():
            self._write_setting(key, value)
        return Change(frozenset({"setting"}), "Change setting", partial(self._put_setting, key, before))

    def _write_setting(self, key: str, value: str | None) -> None:
        self._database.write("DELETE FROM setting WHERE key = ?", (key,))
        if value is not None:
            self._database.write("INSERT INTO setting (key, value) VALUES (?, ?)", (key, value))
