# SPDX-License-Identifier: Apache-2.0
"""Train on our policies, in the window: a real process trains, the result is compared, used, and rolled back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from furnished import GOOD, PLAIN, settle, wait_until, with_practising_trainer
from window_launch import Launch, open_vault, stop

from desktop.app import Application
from desktop.services.training import TrainingService
from desktop.ui.pages.training import TrainingPage
from trainer.practice.contract import parse


@pytest.fixture
def page(opened: Application, monkeypatch: pytest.MonkeyPatch) -> TrainingPage:
    """The page with the sample school and scenarios loaded by its own buttons."""
    with_practising_trainer(monkeypatch.setattr)
    opened.models.training._new_training = _service()
    opened.window.shell.go("training")
    shown = opened.window.shell.page("training")
    assert isinstance(shown, TrainingPage)
    wait_until(lambda: opened.models.training.plan)
    assert not shown.setup.start.isEnabled() and shown.setup.problem.isVisible()
    shown.setup.add_sample.click()
    wait_until(lambda: opened.models.training.plan.policies == 3)
    shown.setup.write.click()
    wait_until(lambda: opened.models.training.plan.scenarios == 250)
    assert shown.setup.start.isEnabled() and not shown.setup.problem.isVisible()
    shown.setup.minutes.choose(5)
    return shown


def _service() -> Callable[[], TrainingService]:
    from desktop import wiring

    return wiring.training_service


def test_a_run_is_watched_compared_used_and_rolled_back(page: TrainingPage, opened: Application) -> None:
    training = opened.models.training
    page.setup.start.click()
    wait_until(lambda: len(training.run.history) >= 5)
    assert page.run.isVisible() and page.run.chart.accessibleDescription().startswith("Reward")
    assert len(page.run.chart._lines) == 5
    wait_until(lambda: training.stage == "result", 180)
    assert training.sentence == "" and page.result.use.isVisible()
    assert float(page.result.after.text()) > float(page.result.before.text())
    wait_until(lambda: opened.models.compare.state in ("done", "failed"), 180)
    known = {name: view.section("What is known") for name, view in page.result.views.items()}
    assert known == {"base": parse(PLAIN).sections["What is known"], "trained": parse(GOOD).sections["What is known"]}
    assert training.active is None
    page.result.use.click()
    wait_until(lambda: training.active == training.version.id)
    assert not page.result.use.isVisible()
    page.result.back.click()
    wait_until(lambda: page.setup.isVisible() and training.can_roll_back)
    page.setup.roll_back.click()
    wait_until(lambda: training.active is None)


def test_stopping_saves_and_the_training_can_go_on(page: TrainingPage, opened: Application) -> None:
    training = opened.models.training
    page.setup.minutes.choose(120)
    page.setup.start.click()
    wait_until(lambda: len(training.run.history) >= 2)
    page.run.stop.click()
    wait_until(lambda: training.stage == "result", 120)
    assert training.run.status == "stopped" and training.version is None
    assert "go on from here" in page.result.notice.text.text()
    page.result.back.click()
    wait_until(lambda: page.setup.isVisible() and training.plan.resumable is not None)
    settle()
    assert page.setup.go_on.isVisible()


def test_what_was_trained_is_there_after_a_restart(
    page: TrainingPage, opened: Application, start: Launch, made_vault: Path
) -> None:
    page.setup.start.click()
    wait_until(lambda: opened.models.training.stage == "result", 180)
    made = opened.models.training.version.id
    stop(opened)
    again = open_vault(start())
    again.window.shell.go("training")
    wait_until(lambda: again.models.training.versions)
    assert [version.id for version in again.models.training.versions] == [made]
