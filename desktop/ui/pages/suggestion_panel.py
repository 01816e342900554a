# SPDX-License-Identifier: Apache-2.0
"""The right half of an incident's page: the safety gate's card above all, then the suggestion as it is written."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QVBoxLayout, QWidget

from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.answer_view import AnswerView
from desktop.ui.widgets.controls import Choice, button
from desktop.ui.widgets.gate_card import GateCardView
from desktop.ui.widgets.layout import Prose, append, card, column, frame, label, row, scrolled, widget_of
from desktop.ui.widgets.notices import EmptyState, Notice
from desktop.ui.words import local_time
from desktop.viewmodels.answer import AnswerText
from desktop.viewmodels.gate import GateCard
from desktop.viewmodels.incident import IncidentViewModel
from desktop.viewmodels.suggestion import CANCELLED, DONE, FAILED, IDLE, STOPPING, SuggestionViewModel

#: Shown in the gate's card already.
IN_THE_CARD = ("First actions now", "Do not")


class SuggestionPanel(QWidget):
    """Follows an `IncidentViewModel` for the gate and a `SuggestionViewModel` for the rest."""

    def __init__(self, theme: Theme, incident: IncidentViewModel, suggestion: SuggestionViewModel) -> None:
        super().__init__()
        self._theme, self._incident, self._suggestion = theme, incident, suggestion
        self.gate = GateCardView(theme)
        self._handoff = AnswerText(self)
        self.handoff, self.answer = AnswerView(theme, self._handoff), AnswerView(theme, suggestion.answer)
        self.handoff.set_skip(IN_THE_CARD)
        self.notice = Notice(theme, "error")
        self._build_progress()
        self._build_citations()
        self._empty = EmptyState(theme, "suggest", self.tr("No suggestion yet"), "")
        self.draft_note = label(
            self.tr("A draft for a professional. You know the people; check it before you use it."), "small"
        )
        self.model_note = label("", "small")
        self.model_note.setProperty("tone", "caution")
        inside = column(
            self.gate,
            self._progress,
            self.notice,
            self._empty,
            self.handoff,
            self.model_note,
            self.answer,
            self._citations,
            self.draft_note,
            None,
            spacing=12,
        )
        inside.setContentsMargins(18, 4, 24, 16)
        self._area = scrolled(inside)
        self.setLayout(column(self._area, self._build_bar(), spacing=0))
        for signal in (incident.gate_changed, incident.loaded, suggestion.changed):
            signal.connect(self._follow)
        suggestion.saved_listed.connect(self._list_saved)
        suggestion.answer.part_changed.connect(lambda _: self._doing.setText(self._activity()))
        self._follow()

    def _build_progress(self) -> None:
        self._doing = label("", "muted")
        self._busy = QProgressBar(maximum=0, textVisible=False)
        self._busy.setAccessibleName(self.tr("The suggestion is being written"))
        self._progress = widget_of(column(self._doing, self._busy, spacing=6))

    def _build_citations(self) -> None:
        self._cited = QVBoxLayout()
        self._cited.setSpacing(8)
        self._citations = card(label(self.tr("Policies cited"), "accent"), self._cited, spacing=8, margin=14)

    def _build_bar(self) -> QWidget:
        self.cancel = button(self._theme, self.tr("Cancel"), "halt")
        self.save = button(self._theme, self.tr("Save suggestion"), "save", "primary")
        self.copy = button(self._theme, self.tr("Copy"), "", "quiet")
        self.keep_handoff = button(self._theme, self.tr("Save hand-off with the incident"), "save", "primary")
        self.saved = Choice(self._theme)
        self.saved.setAccessibleName(self.tr("Saved suggestions"))
        self.cancel.clicked.connect(self._suggestion.cancel)
        self.save.clicked.connect(self._suggestion.save)
        self.copy.clicked.connect(self._copy)
        self.keep_handoff.clicked.connect(lambda: self._incident.save(then=self._suggestion.keep_handoff))
        self.saved.activated.connect(self._show_saved)
        bar = row(self.saved, None, self.copy, self.cancel, self.save, self.keep_handoff, spacing=10)
        bar.addStrut(self.cancel.sizeHint().height())
        bar.setContentsMargins(18, 10, 24, 10)
        return frame("bar", bar)

    # What is shown when

    def _card(self) -> GateCard | None:
        """The text as it stands decides; a suggestion that was raised above it counts too."""
        live, given = self._incident.gate, self._suggestion.gate
        if live is None or (given is not None and _RANK[given.level] > _RANK[live.level]):
            return given
        return live

    def _follow(self) -> None:
        suggestion, gate = self._suggestion, self._card()
        is_stopped = self._incident.gate is not None and self._incident.gate.is_stop
        has_answer = not suggestion.answer.is_empty or suggestion.is_busy
        self.gate.show_card(gate)
        self._show_handoff(is_stopped and not (has_answer and suggestion.shown.is_handoff_of_rules))
        self.answer.set_skip(IN_THE_CARD if suggestion.shown.is_handoff_of_rules else ())
        self.answer.setVisible(has_answer and not (is_stopped and not suggestion.shown.is_handoff_of_rules))
        self._empty.setVisible(not has_answer and not is_stopped and suggestion.state in (IDLE, FAILED))
        self._empty.text.setText(self._invitation())
        self._progress.setVisible(suggestion.is_busy)
        self._doing.setText(self._activity())
        self.draft_note.setVisible(self.answer.isVisibleTo(self) and not suggestion.shown.is_handoff_of_rules)
        self.model_note.setVisible(bool(suggestion.shown.model_note) and self.answer.isVisibleTo(self))
        self.model_note.setText(self.tr("The starter model wrote this: {0}.").format(suggestion.shown.model_note))
        self._tell()
        self._show_citations()
        self._show_buttons(is_stopped)

    def _show_handoff(self, is_shown: bool) -> None:
        live = self._incident.gate
        if is_shown and live is not None and dict(live.handoff) != self._handoff.parts:
            self._handoff.replace("", live.handoff)
        self.handoff.setVisible(is_shown)

    def _show_buttons(self, is_stopped: bool) -> None:
        suggestion = self._suggestion
        self.cancel.setVisible(suggestion.is_busy)
        self.cancel.setEnabled(suggestion.state != STOPPING)
        self.save.setVisible(suggestion.can_save and not is_stopped)
        self.copy.setVisible(suggestion.state in (DONE, CANCELLED) and not suggestion.answer.is_empty)
        self.keep_handoff.setVisible(is_stopped and not suggestion.shown.is_handoff_of_rules)

    def _invitation(self) -> str:
        if not self._incident.incident.narrative.strip():
            return self.tr(
                "Write what happened. The safety rules read along; the suggestion comes when you ask for it."
            )
        return self.tr(
            "Press Suggest. The model on this computer reads the incident and your policies, and writes a draft."
        )

    def _activity(self) -> str:
        if self._suggestion.state == STOPPING:
            return self.tr("Stopping …")
        if self._suggestion.gate is not None and self._suggestion.gate.level == "HOLD":
            return self.tr("Writing the hand-off; it is shown when the safety rules have checked it …")
        if self._suggestion.answer.parts:
            return self.tr("Writing …")
        return self.tr("Reading the incident and your policies …")

    def _tell(self) -> None:
        suggestion, shown = self._suggestion, self._suggestion.shown
        if suggestion.state == FAILED:
            self.notice.tell(suggestion.sentence, "error")
        elif suggestion.state == CANCELLED:
            self.notice.tell(self.tr("Cancelled. What was written up to then cannot be saved."), "notice")
        elif shown.discarded:
            self.notice.tell(
                self.tr(
                    "The model's text broke a safety rule and was discarded; the hand-off below comes from the rules."
                ),
                "notice",
            )
        elif shown.failures and not shown.is_handoff_of_rules:
            self.notice.tell(
                self.tr("This answer does not keep its form, so read it with extra care: {0}.").format(
                    "; ".join(shown.failures[:2])
                ),
                "notice",
            )
        else:
            self.notice.tell("")

    def _show_citations(self) -> None:
        while self._cited.count():
            old = self._cited.takeAt(0).widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        shown = self._suggestion.shown
        headings = {passage.id: passage.heading for passage in shown.passages}
        for item in shown.citations:
            append(
                self._cited,
                self._citation(
                    item.citation.id, headings.get(item.citation.id, ""), item.citation.quotation, item.is_supported
                ),
            )
        self._citations.setVisible(bool(shown.citations) and self.answer.isVisibleTo(self))

    def _citation(self, passage_id: str, heading: str, quotation: str, is_supported: bool) -> QWidget:
        icon = QLabel()
        self._theme.dress(icon, "book" if is_supported else "caution", "accent" if is_supported else "caution", 18)
        title = label(f"{passage_id}  {heading}".strip(), "strong")
        lines = [title] + ([Prose(f"“{quotation}”")] if quotation else [])
        if not is_supported:
            lines.append(
                label(self.tr("These words were not found in that policy: check before you rely on them."), "small")
            )
        box = row(icon, column(*lines, spacing=2), spacing=10)
        box.setStretch(1, 1)
        box.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        return widget_of(box)

    # Saved ones

    def _list_saved(self) -> None:
        self.saved.blockSignals(True)
        self.saved.clear()
        for number, suggestion in enumerate(self._suggestion.saved):
            self.saved.addItem(self.tr("Saved {0}").format(local_time(suggestion.created_at)), number)
        self.saved.blockSignals(False)
        self.saved.setVisible(bool(self._suggestion.saved))
        self._follow()

    def _show_saved(self, number: int) -> None:
        self._suggestion.show(self._suggestion.saved[number])
        self._area.verticalScrollBar().setValue(0)

    def _copy(self) -> None:
        parts = [
            f"{name[:1].upper()}{name[1:]}\n{text.strip()}" for name, text in self._suggestion.answer.parts.items()
        ]
        QApplication.clipboard().setText("\n\n".join(parts))
        self.copy.setText(self.tr("Copied"))
        QTimer.singleShot(2000, self.copy, lambda: self.copy.setText(self.tr("Copy")))


_RANK = {"CLEAR": 0, "CAUTION": 1, "HOLD": 2, "STOP": 3}
