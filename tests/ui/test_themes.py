# SPDX-License-Identifier: Apache-2.0
"""Themes: the same roles everywhere, text that can be read, style sheets without gaps, colours nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QPushButton
from window_launch import ASSETS

from desktop.ui.theme.icons import Icons
from desktop.ui.theme.qss import load_styles, render, values_of
from desktop.ui.theme.theme import Theme
from desktop.ui.theme.tokens import (
    NAMES,
    SHAPE_CONTRAST,
    SHAPE_ON,
    TEXT_CONTRAST,
    TEXT_ON,
    ThemeError,
    contrast,
    load_metrics,
    load_tokens,
)

THEMES = ASSETS / "themes"


def test_all_themes_have_the_same_roles() -> None:
    roles = [set(load_tokens(THEMES, name).roles) for name in NAMES]
    assert roles[0] == roles[1] and len(roles[0]) > 20


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_text_can_be_read_on_every_surface(name: str) -> None:
    roles = load_tokens(THEMES, name).roles
    weak = [pair for pair in TEXT_ON if contrast(*(roles[role] for role in pair)) < TEXT_CONTRAST]
    weak += [pair for pair in SHAPE_ON if contrast(*(roles[role] for role in pair)) < SHAPE_CONTRAST]
    assert weak == []


@pytest.mark.parametrize("name", NAMES)
def test_style_sheets_are_filled_without_a_gap(name: str) -> None:
    values = values_of(load_tokens(THEMES, name), load_metrics(THEMES), 10.0)
    assert "{{" not in render(load_styles(ASSETS / "styles"), values)
    with pytest.raises(ThemeError, match="no-such-role"):
        render("QLabel { color: {{ no-such-role }}; }", values)


def test_style_sheets_name_no_colour_themselves() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in (ASSETS / "styles").glob("*.qss"))
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", text) == []


def test_a_broken_theme_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "light.toml").write_text('[palette]\nink = "dark"\n[roles]\ntext = "ink"\n', encoding="utf-8")
    with pytest.raises(ThemeError, match=r"light\.toml .* text"):
        load_tokens(tmp_path, "light")


def test_icons_take_the_colour_of_the_theme(app: QApplication) -> None:
    icons = Icons(ASSETS / "icons")
    for file in (ASSETS / "icons").glob("*.svg"):
        image = icons.pixmap(file.stem, "#ff0000", 24, 2.0).toImage()
        painted = {image.pixelColor(x, y).getRgb()[:3] for x in range(48) for y in range(48)
                   if image.pixelColor(x, y).alpha() > 200}
        assert painted and all(red > 200 and green < 60 and blue < 60 for red, green, blue in painted), file.name


def test_choosing_a_theme_changes_what_is_there_already(app: QApplication) -> None:
    theme = Theme(app, ASSETS, "light")
    made = QPushButton("Save")
    theme.dress(made, "save")
    before = made.icon().pixmap(18, 18).toImage()
    theme.choose("dark")
    assert theme.is_dark and app.palette().window().color() == QColor(load_tokens(THEMES, "dark").roles["page"])
    assert made.icon().pixmap(18, 18).toImage() != before


def test_text_grows_with_the_system_font(app: QApplication) -> None:
    usual = app.font()
    large = app.font()
    large.setPointSizeF(usual.pointSizeF() * 1.5)
    try:
        app.setFont(large)
        assert Theme(app, ASSETS, "light").font("body").pointSizeF() == pytest.approx(large.pointSizeF() * 1.08)
    finally:
        app.setFont(usual)
