# SPDX-License-Identifier: Apache-2.0
"""The program on a vault of the test's own, ended with the test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from furnished import CHEAP, PASSPHRASE, furnish_models, launch, settle, wait_until
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from desktop.app import Application
from desktop.store.vault import Vault
from desktop.ui.theme.theme import Theme

ASSETS = Path(__file__).resolve().parents[2] / "assets"
Launch = Callable[..., Application]


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return [sys.argv[0]]


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    qapp.setStyle("Fusion")
    return qapp


@pytest.fixture
def theme(app: QApplication) -> Theme:
    """The light theme, applied."""
    return Theme(app, ASSETS, "light")


@pytest.fixture
def home(home_of_the_test: Path) -> Path:
    """The home of the test, with the reciting model in it."""
    furnish_models(home_of_the_test)
    return home_of_the_test


@pytest.fixture
def made_vault(home: Path) -> Path:
    """A vault that exists and is closed, with the reciting model chosen."""
    folder = home / "vault"
    with Vault.create(folder, PASSPHRASE, cost=CHEAP) as vault:
        vault.library.set_setting("model", "reciting")
    return folder


@pytest.fixture
def start(app: QApplication, home: Path) -> Iterator[Launch]:
    """Starts the program, as often as wanted; what still runs is closed with the test."""
    running: list[Application] = []

    def started(**options: Callable[[], object]) -> Application:
        running.append(launch(home / "vault", **options))
        return running[-1]

    yield started
    for application in running:
        stop(application)


@pytest.fixture
def opened(start: Launch, made_vault: Path) -> Application:
    """The program with its vault open and the list of incidents shown."""
    return open_vault(start())


def open_vault(application: Application) -> Application:
    """Type the passphrase and wait for the list."""
    page = application.window.unlock
    page.passphrase.setText(PASSPHRASE)
    page.submit.click()
    wait_until(lambda: application.models and application.models.incidents.is_loaded)
    return application


def stop(application: Application) -> None:
    """End the program as closing its window does, without ending the test's Qt."""
    if not application.is_closed:
        application.close()
    if isValid(application.window):
        application.window.hide()
        application.window.deleteLater()
    settle()
