# SPDX-License-Identifier: Apache-2.0
"""What a training would use, and which version answers, without a window."""

from __future__ import annotations

from pathlib import Path

import pytest
from vault_desk import Desk

from desktop.domain.library import AdapterVersion
from desktop.services.training import TrainingService
from desktop.tasks import InlineTasks
from desktop.viewmodels.training import TrainingViewModel, readable


def no_training() -> TrainingService:
    raise AssertionError("nothing was started")


@pytest.fixture
def training(desk: Desk) -> TrainingViewModel:
    model = TrainingViewModel(no_training, desk.plans, desk.policies, desk.versions, InlineTasks())
    model.refresh()
    return model


def version(number: int) -> AdapterVersion:
    return AdapterVersion(f"v{number}", f"2026-11-2{number}T07:00:00.000000Z", "sha", 0, 60.0, 80.0)


def test_the_plan_says_what_is_missing(training: TrainingViewModel) -> None:
    assert "policies" in training.plan.problem
    training.add_sample_school()
    assert training.plan.policies == 3 and training.plan.passages > 10
    assert "scenarios" in training.plan.problem
    training.write_scenarios()
    assert training.plan.scenarios == 250
    training.write_scenarios()
    assert training.plan.scenarios == 250, "written anew, not added"


def test_policies_are_added_from_files_and_removed(training: TrainingViewModel, tmp_path: Path) -> None:
    good = tmp_path / "bus_rules.md"
    good.write_text("# Bus\n## 1. Seats\nEveryone keeps to a seat.\n", encoding="utf-8")
    training.add_policies([str(good)])
    training.add_policies([str(good)])
    assert [policy.name for policy in training.policies] == ["Bus rules", "Bus rules"]
    assert len({policy.id for policy in training.policies}) == 2
    training.remove_policy(training.policies[0].id)
    assert len(training.policies) == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [("a.md", b"\xff\xfe\x00", "not plain text"), ("b.md", b"  \n", "holds no text"),
     ("c.md", None, "could not be read"), ("d.md", b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB")],
)
def test_an_unusable_policy_is_told_and_nothing_is_added(
    training: TrainingViewModel, tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    told: list[str] = []
    training.told.connect(told.append)
    good, bad = tmp_path / "good.md", tmp_path / name
    good.write_text("# Bus\nSeats are kept.\n", encoding="utf-8")
    if content is not None:
        bad.write_bytes(content)
    training.add_policies([str(good), str(bad)])
    assert len(told) == 1 and sentence in told[0] and name in told[0] and training.policies == []


def test_a_version_is_used_and_rolled_back(desk: Desk, training: TrainingViewModel) -> None:
    for number in (1, 2):
        desk.vault.library.save_adapter(version(number), b"GGUF")
    training.refresh()
    assert [each.id for each in training.versions] == ["v2", "v1"] and not training.can_roll_back
    training.use("v1")
    training.use("v2")
    assert training.active == "v2" and training.can_roll_back
    training.roll_back()
    assert training.active == "v1"
    training.use(None)
    assert training.active is None and not training.can_roll_back


def test_a_first_version_rolls_back_to_the_model_as_it_came(desk: Desk, training: TrainingViewModel) -> None:
    desk.vault.library.save_adapter(version(1), b"GGUF")
    training.use("v1")
    training.roll_back()
    assert training.active is None


def test_an_answer_is_read_without_the_marks_of_its_form() -> None:
    assert readable("<reasoning>\nBecause.\n</reasoning>\n## Do not\nWait.\n") == "Because.\nDo not\nWait."


def test_a_version_of_another_model_is_not_given_to_this_one(desk: Desk) -> None:
    desk.vault.library.save_adapter(version(1), b"GGUF")
    desk.versions.use("v1")
    asked = desk.asking.prepare()
    assert asked.version is not None and asked.version.base_sha256 != desk.preferences.fingerprint(asked.model)
