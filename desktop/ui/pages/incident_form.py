# SPDX-License-Identifier: Apache-2.0
"""The fields of one incident."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import Choice, Tick, button
from desktop.ui.widgets.fold import Fold
from desktop.ui.widgets.layout import column, field, label, row, scrolled, widget_of
from desktop.ui.widgets.people_table import PeopleTable
from desktop.viewmodels.incident import IncidentViewModel

TWO_COLUMNS_FROM = 560


class IncidentForm(QWidget):
    """Fills itself when the view-model has loaded an incident, and passes on every change."""

    def __init__(self, theme: Theme, incident: IncidentViewModel) -> None:
        super().__init__()
        self._theme, self._incident = theme, incident
        self._is_filling = False
        self._build_fields()
        self._build_people()
        self._build_concerns()
        details = row(
            field(self.tr("Where"), self.location),
            field(self.tr("Grades"), self.grade_band),
            field(self.tr("Severity"), self.severity),
            spacing=12,
        )
        details.setStretch(0, 1)
        inside = column(
            field(self.tr("What happened"), self.narrative),
            details,
            field(self.tr("People"), self.people),
            row(self.remove_person, None),
            self.concerns,
            None,
            spacing=14,
        )
        inside.setContentsMargins(24, 4, 18, 16)
        self._area: QScrollArea = scrolled(inside)
        self.setLayout(column(self._area))
        incident.loaded.connect(self._fill)

    def focus_first(self) -> None:
        """Put the cursor where writing begins."""
        self._area.verticalScrollBar().setValue(0)
        self.narrative.setFocus()

    def _build_fields(self) -> None:
        self.narrative = QPlainTextEdit()
        self.narrative.setPlaceholderText(
            self.tr("Who did what, where and when, as you know it so far. Who was affected, and how?")
        )
        self.narrative.setTabChangesFocus(True)
        self.narrative.setMinimumHeight(190)
        self.location = QLineEdit()
        self.location.setPlaceholderText(self.tr("Hallway, bus"))
        self.location.setMaxLength(200)
        self.grade_band = Choice(self._theme)
        self.grade_band.addItem(self.tr("Not given"), None)
        for band in self._incident.grade_bands:
            self.grade_band.addItem(band, band)
        self.severity = Choice(self._theme)
        self.severity.addItem(self.tr("Not given"), None)
        words = (self.tr("1, small"), self.tr("2, moderate"), self.tr("3, serious"), self.tr("4, very serious"))
        for number, word in enumerate(words, start=1):
            self.severity.addItem(word, number)
        self.narrative.textChanged.connect(self._on_narrative)
        self.location.textEdited.connect(self._incident.set_location)
        self.grade_band.currentIndexChanged.connect(self._on_grade_band)
        self.severity.currentIndexChanged.connect(self._on_severity)

    def _build_people(self) -> None:
        self.people = PeopleTable(self._theme, self._incident.people)
        self.remove_person = button(self._theme, self.tr("Remove person"), "close", "quiet")
        self.remove_person.clicked.connect(self.people.remove_current)
        self.remove_person.setEnabled(False)
        self.people.selectionModel().currentChanged.connect(lambda *_: self._offer_removal())
        self._incident.people.edited.connect(self._offer_removal)

    def _build_concerns(self) -> None:
        self.ticks = {code: Tick(self._theme, title) for code, title in self._incident.concerns}
        for tick in self.ticks.values():
            tick.toggled.connect(self._on_ticked)
        hint = label(self.tr("What you tick counts as much as what the rules find in the text."), "small")
        self.concerns = Fold(self._theme, "", widget_of(column(hint, _Grid(list(self.ticks.values())), spacing=6)))

    def _fill(self) -> None:
        incident = self._incident.incident
        self._is_filling = True
        self.narrative.setPlainText(incident.narrative)
        self.location.setText(incident.location or "")
        self.grade_band.choose(incident.grade_band)
        self.severity.choose(incident.severity)
        for code, tick in self.ticks.items():
            tick.setChecked(code in incident.flags)
        self._is_filling = False
        self._name_concerns()
        if incident.flags:
            self.concerns.head.setChecked(True)
        self._offer_removal()

    def _on_narrative(self) -> None:
        if not self._is_filling:
            self._incident.set_narrative(self.narrative.toPlainText())

    def _on_grade_band(self) -> None:
        value = self.grade_band.value()
        self._incident.set_grade_band(str(value) if value else None)

    def _on_severity(self) -> None:
        value = self.severity.value()
        self._incident.set_severity(value if isinstance(value, int) else None)

    def _on_ticked(self) -> None:
        if not self._is_filling:
            self._incident.set_flags(tuple(code for code, tick in self.ticks.items() if tick.isChecked()))
            self._name_concerns()

    def _name_concerns(self) -> None:
        count = sum(tick.isChecked() for tick in self.ticks.values())
        title = self.tr("Concerns that you already see")
        self.concerns.set_title(f"{title} ({count})" if count else title)

    def _offer_removal(self) -> None:
        self.remove_person.setEnabled(not self._incident.people.is_blank(self.people.currentIndex().row()))


class _Grid(QWidget):
    """Ticks in two columns where there is room, in one where not."""

    def __init__(self, widgets: list[Tick]) -> None:
        super().__init__()
        self._widgets, self._columns = widgets, 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self._place(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(2 if self.width() >= TWO_COLUMNS_FROM else 1)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        rows = -(-len(self._widgets) // columns)
        for number, widget in enumerate(self._widgets):
            self._grid.addWidget(widget, number % rows, number // rows, Qt.AlignmentFlag.AlignLeft)
