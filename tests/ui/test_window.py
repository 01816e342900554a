# SPDX-License-Identifier: Apache-2.0
"""The main job by mouse and keyboard: create a vault, enter an incident, start again, find it."""

from __future__ import annotations

from pathlib import Path

import pytest
from furnished import PASSPHRASE, settle, wait_until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from window_launch import Launch, open_vault, stop

from desktop.app import Application
from desktop.ui.pages.incident import IncidentPage
from desktop.ui.pages.incidents import IncidentsPage
from desktop.ui.widgets.controls import Choice

TEXT = "Ana pushed Ben off the swing on Monday and Ben hurt his knee."


def list_page(application: Application) -> IncidentsPage:
    page = application.window.shell.page("incidents")
    assert isinstance(page, IncidentsPage)
    return page


def incident_page(application: Application) -> IncidentPage:
    page = application.window.shell.page("incident")
    assert isinstance(page, IncidentPage)
    return page


def write(qtbot: QtBot, application: Application, text: str) -> IncidentPage:
    """Begin an incident with Ctrl+N and type."""
    qtbot.keyClick(application.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    page = incident_page(application)
    wait_until(lambda: application.window.shell.current == "incident" and page.form.isEnabled())
    qtbot.keyClicks(page.form.narrative, text)
    return page


def test_an_incident_is_found_again_after_a_restart(qtbot: QtBot, start: Launch, home: Path) -> None:
    first = start()
    unlock = first.window.unlock
    qtbot.keyClicks(unlock.passphrase, PASSPHRASE)
    qtbot.keyClicks(unlock.again, PASSPHRASE)
    qtbot.mouseClick(unlock.submit, Qt.MouseButton.LeftButton)
    wait_until(lambda: first.models and first.models.incidents.is_loaded)
    assert list_page(first).new_button.isVisible()

    page = write(qtbot, first, TEXT)
    qtbot.keyClicks(page.form.location, "playground")
    qtbot.keyClicks(page.form.severity, "3")
    qtbot.keyClick(first.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: first.models.incident.status == "saved")
    assert page.back.isVisible()
    stop(first)
    on_disk = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    assert b"swing" not in on_disk and b"playground" not in on_disk

    second = open_vault(start())
    qtbot.keyClick(second.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    search = list_page(second).search
    qtbot.keyClicks(search, "xylophone")
    wait_until(lambda: second.models.incidents.items.rowCount() == 0)
    search.clear()
    qtbot.keyClicks(search, "swi playg")
    wait_until(lambda: second.models.incidents.items.rowCount() == 1)
    rows = list_page(second).list
    where = rows.visualRect(second.models.incidents.items.index(0, 0)).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where))
    wait_until(lambda: incident_page(second).form.narrative.toPlainText() == TEXT)
    assert incident_page(second).form.location.text() == "playground"
    assert incident_page(second).form.severity.currentText() == "3, serious"


def test_a_wrong_passphrase_is_told_in_a_sentence(start: Launch, made_vault: Path) -> None:
    page = start().window.unlock
    page.passphrase.setText("not the right passphrase")
    page.submit.click()
    wait_until(lambda: not page.notice.isHidden())
    assert page.notice.text.text().startswith("That passphrase does not open this vault")
    page.passphrase.setText(PASSPHRASE)
    page.submit.click()
    wait_until(lambda: page.notice.isHidden())


def test_two_different_passphrases_make_no_vault(start: Launch, home: Path) -> None:
    page = start().window.unlock
    page.passphrase.setText(PASSPHRASE)
    page.again.setText(PASSPHRASE + " more")
    page.submit.click()
    settle()
    assert "differ" in page.notice.text.text() and not (home / "vault").exists()


@pytest.mark.parametrize(("typed", "can_go_on"), [("short", False), ("long enough here", True)])
def test_a_short_passphrase_cannot_be_chosen(start: Launch, home: Path, typed: str, can_go_on: bool) -> None:
    page = start().window.unlock
    page.passphrase.setText(typed)
    page.again.setText(typed)
    assert page.submit.isEnabled() is can_go_on


def test_typing_is_kept_when_the_program_ends_without_saving(qtbot: QtBot, start: Launch, made_vault: Path) -> None:
    first = open_vault(start())
    write(qtbot, first, TEXT)
    stop(first)
    second = open_vault(start())
    notice = list_page(second).unfinished
    assert notice.isVisible()
    list_page(second).new_asked.emit()
    wait_until(lambda: incident_page(second).form.narrative.toPlainText() == TEXT)


def test_an_empty_incident_is_not_saved_and_the_reason_is_told(qtbot: QtBot, opened: Application) -> None:
    page = write(qtbot, opened, " ")
    qtbot.keyClicks(page.form.location, "gym")
    page.save()
    wait_until(lambda: opened.window.toast.isVisible())
    assert opened.models.incident.status != "saved"


def test_people_are_entered_in_the_table(qtbot: QtBot, opened: Application) -> None:
    page = write(qtbot, opened, TEXT)
    table, people = page.form.people, opened.models.incident.people
    table.setCurrentIndex(people.index(0, 0))
    table.edit(people.index(0, 0))
    editor = table.viewport().findChild(QLineEdit)
    qtbot.keyClicks(editor, "Ana")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    wait_until(lambda: people.index(0, 0).data(Qt.ItemDataRole.EditRole) == "Ana")  # Qt commits on its next turn
    table.edit(people.index(0, 1))
    choice = table.viewport().findChild(Choice)
    wait_until(lambda: choice.view().isVisible())
    qtbot.keyClick(choice.view(), Qt.Key.Key_Down)
    qtbot.keyClick(choice.view(), Qt.Key.Key_Return)
    wait_until(lambda: people.index(0, 1).data(Qt.ItemDataRole.EditRole))
    assert [(party.name, party.role) for party in opened.models.incident.incident.parties] == [("Ana", "caused_harm")]
    assert people.rowCount() == 2
    table.setCurrentIndex(people.index(0, 0))
    page.form.remove_person.click()
    assert opened.models.incident.incident.parties == ()


def test_tab_leaves_the_table_after_its_last_cell(qtbot: QtBot, opened: Application) -> None:
    page = write(qtbot, opened, TEXT)
    opened.window.activateWindow()
    table, people = page.form.people, opened.models.incident.people
    table.setCurrentIndex(people.index(0, 2))
    table.edit(people.index(0, 2))
    editor = table.viewport().findChild(QLineEdit)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    wait_until(lambda: QApplication.focusWidget() is page.form.concerns.head)


def test_a_deleted_incident_comes_back_with_undo(qtbot: QtBot, opened: Application) -> None:
    page = write(qtbot, opened, TEXT)
    page.save()
    wait_until(lambda: opened.models.incident.status == "saved")
    page.delete.click()
    wait_until(lambda: opened.models.incidents.items.rowCount() == 0 and opened.window.toast.isVisible())
    opened.window.toast._action.click()
    wait_until(lambda: opened.models.incidents.items.rowCount() == 1)


def test_locking_closes_the_vault_and_starts_afresh(qtbot: QtBot, start: Launch, made_vault: Path) -> None:
    restarts: list[bool] = []
    application = start(restart=lambda: restarts.append(True))
    open_vault(application)
    write(qtbot, application, TEXT)
    qtbot.keyClick(application.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: restarts)
    assert not application.window.isVisible()
    again = open_vault(start())  # the lock on the folder is free, and the draft was kept
    assert again.models.incidents.has_unfinished


def test_the_clipboard_and_titles_hold_no_incident(qtbot: QtBot, opened: Application) -> None:
    write(qtbot, opened, TEXT)
    settle()
    assert "swing" not in opened.window.windowTitle() and "swing" not in QApplication.clipboard().text()
