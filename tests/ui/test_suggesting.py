# SPDX-License-Identifier: Apache-2.0
"""The suggestion in the window, with the real engine: streamed, cancelled, saved, and stopped by the safety gate."""

from __future__ import annotations

from pathlib import Path

from furnished import PLAIN, settle, wait_until
from PySide6.QtWidgets import QLabel, QPushButton
from window_launch import ASSETS, Launch, open_vault, stop

from desktop.app import Application
from desktop.domain.incident import Party
from desktop.ui.pages.incident import IncidentPage
from trainer.practice.contract import FULL_HEADINGS, parse

CALM = "Ana took the pencil case out of Ben's bag on Tuesday, and Ben went quiet."
GRAVE = "Ana said that she wants to die and has been cutting herself."


def page_with(application: Application, text: str) -> IncidentPage:
    """A new incident with this text, checked by the gate."""
    application.window.shell.new_incident()
    page = application.window.shell.page("incident")
    assert isinstance(page, IncidentPage)
    wait_until(page.form.isEnabled)
    page.form.narrative.setPlainText(text)
    application.models.incident.check_now()
    wait_until(lambda: application.models.incident.gate)
    return page


def texts_of(page: IncidentPage) -> str:
    """All words that can be read on the page."""
    labels = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    return " ".join([*labels, *(button.text() for button in page.findChildren(QPushButton) if button.isVisible())])


def test_an_answer_streams_into_its_sections_and_is_found_again(start: Launch, made_vault: Path) -> None:
    application = open_vault(start())
    page = page_with(application, CALM)
    application.models.incident.people.set_rows([Party("Ana", "caused_harm"), Party("Ben", "harmed")])
    application.models.incident.people.edited.emit()
    lengths: list[int] = []
    answer = application.models.suggestion.answer
    answer.part_changed.connect(lambda _: lengths.append(sum(map(len, answer.parts.values()))))
    page.suggest_button.click()
    wait_until(lambda: application.models.suggestion.state == "done")
    assert len(lengths) > 20 and lengths == sorted(lengths)
    assert page.panel.answer.headings() == list(FULL_HEADINGS)
    expected = parse(PLAIN).sections["What is known"].replace("Student A", "Ana").replace("Student B", "Ben")
    assert page.panel.answer.section("What is known") == expected
    assert not page.panel.answer.reasoning.isVisible()
    page.panel.answer.fold.head.click()
    assert page.panel.answer.reasoning.isVisible() and page.panel.draft_note.isVisible()
    page.panel.save.click()
    wait_until(lambda: application.models.suggestion.shown.is_saved)
    saved_id = application.models.incident.incident.id
    stop(application)

    again = open_vault(start())
    again.window.shell.open_incident(saved_id)
    panel = again.window.shell.page("incident").panel
    wait_until(lambda: panel.answer.section("What is known") == expected)
    assert panel.saved.count() == 1 and panel.saved.isVisible()


def test_cancelling_stops_the_writing_and_leaves_nothing_to_save(opened: Application) -> None:
    page = page_with(opened, CALM)
    suggestion = opened.models.suggestion
    suggestion.answer.part_changed.connect(lambda _: suggestion.cancel())
    page.suggest_button.click()
    wait_until(lambda: suggestion.state in ("cancelled", "done", "failed"))
    assert suggestion.state == "cancelled" and not page.panel.save.isVisible()
    assert "Cancelled" in page.panel.notice.text.text()


def test_under_stop_there_is_the_hand_off_and_no_suggest_button(opened: Application) -> None:
    page = page_with(opened, GRAVE)
    settle()
    assert not page.suggest_button.isVisible()
    assert page.panel.gate.isVisible() and page.panel.gate.word.text().startswith("Stop")
    assert "Stay with the student" in texts_of(page)
    assert page.panel.handoff.headings() == [
        "Concern seen", "Who decides", "Support meanwhile", "When a restorative step could be reconsidered",
    ]
    page.suggest()  # the keyboard's way is closed too
    settle()
    assert opened.models.suggestion.state == "idle"
    page.panel.keep_handoff.click()
    wait_until(lambda: opened.models.suggestion.shown.is_saved)
    assert opened.models.suggestion.saved[0].model == "" and opened.models.suggestion.saved[0].level == "STOP"


def test_a_concern_that_staff_tick_stops_too(opened: Application) -> None:
    page = page_with(opened, CALM)
    assert page.suggest_button.isVisible()
    page.form.concerns.head.click()
    page.form.ticks["SUIC"].click()
    wait_until(lambda: opened.models.incident.gate and opened.models.incident.gate.is_stop)
    assert not page.suggest_button.isVisible()


def test_the_page_never_says_that_all_is_well(opened: Application) -> None:
    page = page_with(opened, CALM)
    settle()
    words = texts_of(page).lower()
    assert "no flag found" in words and "no all-clear" in words
    assert "safe." not in words and "is safe" not in words and "all clear" not in words


def test_trouble_with_the_model_is_told_in_a_sentence(opened: Application, home: Path) -> None:
    (home / "models" / "reciting.gguf").write_bytes(b"GGUF and nothing more")
    page = page_with(opened, CALM)
    page.suggest_button.click()
    wait_until(lambda: opened.models.suggestion.state == "failed")
    assert page.panel.notice.isVisible() and page.panel.notice.text.text().endswith(".")
    assert page.suggest_button.isEnabled()


def test_the_starter_that_is_shipped_writes_a_suggestion(opened: Application) -> None:
    assert (ASSETS / "starter" / "starter.gguf").is_file(), "the starter model belongs to the program"
    opened.models.settings.refresh()
    wait_until(lambda: opened.models.settings.model)
    opened.models.settings.choose_model("starter")
    wait_until(lambda: opened.models.settings.model.name == "starter")
    page = page_with(opened, CALM)
    page.suggest_button.click()
    wait_until(lambda: opened.models.suggestion.state in ("done", "failed"), 180)
    assert opened.models.suggestion.state == "done"
    assert page.panel.answer.headings() and opened.models.suggestion.shown.model == "starter"
    assert page.panel.model_note.isVisible() and "not for real cases" in page.panel.model_note.text()
