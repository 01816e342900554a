# SPDX-License-Identifier: Apache-2.0
"""Every page in both themes: builds, can be walked with Tab from top to bottom, and every control has a name."""

from __future__ import annotations

import pytest
from furnished import settle, wait_until
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from window_launch import Launch

from desktop.app import Application

CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView, QProgressBar)
PAGES = ("incidents", "incident", "training", "settings")


def shown(application: Application, name: str) -> QWidget:
    """A page as the user sees it."""
    if name == "incident":
        application.window.shell.new_incident()
        wait_until(lambda: application.models.incident.status == "blank")
    else:
        application.window.shell.go(name)
    settle()
    return application.window.shell.page(name)


def controls(page: QWidget) -> list[QWidget]:
    """What can be used on the page; parts that Qt puts inside other controls left out."""
    found = [each for each in page.findChildren(QWidget) if isinstance(each, CONTROLS) and each.isVisible()]
    return [each for each in found if not isinstance(each.parentWidget(), QLineEdit | QComboBox | QAbstractItemView)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_every_control_of_every_page_has_a_name(opened: Application, name: str, theme: str) -> None:
    opened.machine.choose_theme(theme)
    page = shown(opened, name)
    assert opened.theme.tokens.name == theme
    nameless = [repr(each) for each in controls(page) if not QAccessible.queryAccessibleInterface(each).text(
        QAccessible.Text.Name)]
    assert controls(page) and nameless == []


def test_the_unlock_page_has_names_too(start: Launch) -> None:
    page = start().window.unlock
    settle()
    assert [repr(each) for each in controls(page) if not each.accessibleName()] == []


@pytest.mark.parametrize("name", PAGES)
def test_tab_reaches_every_control_once(qtbot: QtBot, opened: Application, name: str) -> None:
    page = shown(opened, name)
    opened.window.activateWindow()
    wanted = {each for each in controls(page) if each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
              and not isinstance(each, QProgressBar) and _is_its_groups_choice(each)}
    reached: list[QWidget] = []
    opened.window.shell.nav["incidents"].setFocus()
    for _ in range(80):
        focused = QApplication.focusWidget()
        if focused in reached:
            break
        reached.append(focused)
        opened.window.focusNextChild()
        settle()
    assert wanted - set(reached) == set()


def _is_its_groups_choice(widget: QWidget) -> bool:
    """Of a group of radio buttons Tab reaches the chosen one; the arrow keys reach the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is None or not group.exclusive() or widget.isChecked()


def test_writing_comes_before_its_buttons(opened: Application) -> None:
    page = shown(opened, "incident")
    chain, widget = [], page.form.narrative
    while widget not in chain:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    form = page.form
    order = [chain.index(each) for each in (form.narrative, form.location, form.grade_band, form.severity, form.people,
                                            page.save_button, page.suggest_button)]
    assert order == sorted(order)


@pytest.mark.parametrize("size", [(1280, 800), (853, 533), (1920, 1080)])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_at_the_side(opened: Application, name: str, size: tuple[int, int]) -> None:
    opened.window.resize(*size)
    page = shown(opened, name)
    settle()
    edge = page.width()
    beyond = [repr(each) for each in controls(page) if each.mapTo(page, each.rect().topRight()).x() > edge]
    narrow = [repr(each) for each in controls(page) if isinstance(each, QAbstractButton)
              and each.width() < each.minimumSizeHint().width()]
    assert beyond == [] and narrow == []
