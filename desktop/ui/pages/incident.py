# SPDX-License-Identifier: Apache-2.0
"""One incident: the form on the left, gate and suggestion on the right; one at a time where it is narrow."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.pages.incident_form import IncidentForm
from desktop.ui.pages.suggestion_panel import SuggestionPanel
from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import button
from desktop.ui.widgets.layout import column, frame, label, row, widget_of
from desktop.ui.words import level_word
from desktop.viewmodels.incident import BLANK, DRAFT, LOADING, SAVED, TYPED, IncidentViewModel
from desktop.viewmodels.suggestion import SuggestionViewModel

SIDE_BY_SIDE_FROM = 860


class IncidentPage(QWidget):
    """`left` asks for the list; `delete_asked` carries the incident's id; `told` a sentence for the message bar."""

    left = Signal()
    delete_asked = Signal(str)
    told = Signal(str)

    def __init__(self, theme: Theme, incident: IncidentViewModel, suggestion: SuggestionViewModel) -> None:
        super().__init__()
        self._theme, self._incident, self._suggestion = theme, incident, suggestion
        self.form = IncidentForm(theme, incident)
        self.panel = SuggestionPanel(theme, incident, suggestion)
        self._form_half = widget_of(column(self.form, self._build_bar(), spacing=0))
        halves = row(self._form_half, self.panel, spacing=0)
        halves.setStretch(0, 46)
        halves.setStretch(1, 54)
        self.setLayout(column(self._build_head(), self._build_tabs(), halves, spacing=8))
        self._is_wide = True
        self._connect()
        self._follow_status()

    def save(self) -> None:
        """Save the incident."""
        self._incident.save()

    def suggest(self) -> None:
        """Save, then ask for a suggestion; not offered under STOP."""
        if not self.suggest_button.isHidden() and self.suggest_button.isEnabled():
            self._show_half(is_panel=True)
            self._incident.save(then=self._suggestion.suggest)

    def _build_head(self) -> QWidget:
        self.back = button(self._theme, self.tr("Incidents"), "back", "quiet")
        self._title = label("", "title", wraps=False)
        self._title.setMinimumWidth(0)
        self.delete = button(self._theme, self.tr("Delete"), "trash", "quiet")
        self._title.setContentsMargins(8, 0, 0, 0)
        head = row(column(self.back, self._title, spacing=2), None, self.delete, spacing=12)
        head.setStretch(0, 1)
        head.setContentsMargins(16, 14, 24, 0)
        self.back.clicked.connect(self._leave)
        self.delete.clicked.connect(lambda: self.delete_asked.emit(self._incident.incident.id))
        return widget_of(head)

    def _build_tabs(self) -> QWidget:
        self._form_tab = button(self._theme, self.tr("Incident"), "", "segment")
        self._panel_tab = button(self._theme, self.tr("Suggestion"), "", "segment")
        for tab in (self._form_tab, self._panel_tab):
            tab.setCheckable(True)
        self._form_tab.clicked.connect(lambda: self._show_half(is_panel=False))
        self._panel_tab.clicked.connect(lambda: self._show_half(is_panel=True))
        self._form_tab.setChecked(True)
        tabs = row(self._form_tab, self._panel_tab, None, spacing=4)
        tabs.setContentsMargins(20, 0, 24, 0)
        self._tabs = widget_of(tabs)
        self._tabs.hide()
        return self._tabs

    def _build_bar(self) -> QWidget:
        self._status = label("", "small")
        self.discard = button(self._theme, self.tr("Discard changes"), "", "quiet")
        self.save_button = button(self._theme, self.tr("Save"), "save")
        self.save_button.setToolTip(self.tr("Ctrl+S"))
        self.suggest_button = button(self._theme, self.tr("Suggest"), "suggest", "primary")
        self.suggest_button.setToolTip(self.tr("Ctrl+Enter"))
        self.stop_button = button(self._theme, level_word("STOP"), "stop", "danger")
        self.stop_button.clicked.connect(lambda: self._show_half(is_panel=True))
        bar = row(self._status, self.discard, self.save_button, self.suggest_button, self.stop_button, spacing=10)
        bar.setStretch(0, 1)
        bar.setContentsMargins(24, 10, 18, 10)
        return frame("bar", bar)

    def _connect(self) -> None:
        incident = self._incident
        self.discard.clicked.connect(incident.discard)
        self.save_button.clicked.connect(self.save)
        self.suggest_button.clicked.connect(self.suggest)
        incident.loaded.connect(self._on_loaded)
        incident.status_changed.connect(self._follow_status)
        incident.gate_changed.connect(self._offer_suggestion)
        incident.saved.connect(lambda _: self._name())
        incident.failed.connect(self.told)
        incident.missing.connect(self.left)
        self._suggestion.changed.connect(self._offer_suggestion)
        self._suggestion.told.connect(self.told)

    def _leave(self) -> None:
        self._incident.leave()
        self._suggestion.cancel()
        self.left.emit()

    def _on_loaded(self) -> None:
        self._suggestion.watch(self._incident.incident.id)
        self._show_half(is_panel=False)
        self._name()
        QTimer.singleShot(0, self, self.form.focus_first)

    def _name(self) -> None:
        is_new = self._incident.is_new
        self._title.setText(self.tr("New incident") if is_new else self._incident.incident.title)
        self.delete.setVisible(not is_new)

    def _follow_status(self) -> None:
        words = {
            LOADING: "",
            BLANK: "",
            TYPED: self.tr("Writing …"),
            DRAFT: self.tr("Not saved yet; your draft is kept in the vault"),
            SAVED: self.tr("Saved"),
        }
        self._status.setText(words[self._incident.status])
        self.form.setEnabled(self._incident.status != LOADING)
        self.discard.setVisible(self._incident.status in (TYPED, DRAFT))
        self.save_button.setEnabled(self._incident.status in (TYPED, DRAFT))
        self._offer_suggestion()

    def _offer_suggestion(self) -> None:
        gate = self._incident.gate
        is_stopped = gate is not None and gate.is_stop
        self.suggest_button.setVisible(not is_stopped)
        self.stop_button.setVisible(is_stopped and not self._is_wide)  # its card is on the other half
        self.suggest_button.setEnabled(bool(self._incident.incident.narrative.strip()) and not self._suggestion.is_busy)
        has_answer = self._suggestion.state == "done"
        words = self.tr("Suggest again") if has_answer else self.tr("Suggest")
        self.suggest_button.setText(words)
        self.suggest_button.setAccessibleName(words)

    # Narrow windows

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._is_wide = self.width() >= SIDE_BY_SIDE_FROM
        self._tabs.setVisible(not self._is_wide)
        self._offer_suggestion()
        self._show_half(is_panel=self._panel_tab.isChecked())

    def _show_half(self, *, is_panel: bool) -> None:
        self._form_tab.setChecked(not is_panel)
        self._panel_tab.setChecked(is_panel)
        self._form_half.setVisible(self._is_wide or not is_panel)
        self.panel.setVisible(self._is_wide or is_panel)
