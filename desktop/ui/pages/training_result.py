# SPDX-License-Identifier: Apache-2.0
"""After a training: the scores before and after, the same incident answered by both, and "Use this version"."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QWidget

from desktop.domain.run import STOPPED
from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.answer_view import AnswerView
from desktop.ui.widgets.controls import Choice, button
from desktop.ui.widgets.layout import Prose, card, column, label, line, row, widget_of
from desktop.ui.widgets.notices import Notice
from desktop.ui.words import chance, duration
from desktop.viewmodels.compare import BASE, TRAINED, CompareViewModel
from desktop.viewmodels.training import RESULT, TrainingViewModel

SIDE_BY_SIDE_FROM = 720


class TrainingResultView(QWidget):
    """Follows a `TrainingViewModel` after a run, and a `CompareViewModel` for the two answers."""

    def __init__(self, theme: Theme, training: TrainingViewModel, compare: CompareViewModel) -> None:
        super().__init__()
        self._theme, self._training, self._compare = theme, training, compare
        self.notice = Notice(theme, "error")
        self.setLayout(
            column(
                self.notice, self._build_figures(), self._build_buttons(), self._build_comparison(), None, spacing=16
            )
        )
        self._shown = ""
        training.changed.connect(self._follow)
        compare.changed.connect(self._follow_comparison)

    def _build_figures(self) -> QFrame:
        self.before, self.after = label("", "display", wraps=False), label("", "figure", wraps=False)
        self._gain, self._detail = label("", "lead"), label("", "muted")
        arrow = QLabel()
        self._theme.dress(arrow, "chevron-right", "muted", 28)
        scores = row(
            column(self.before, label(self.tr("before"), "small"), spacing=0),
            arrow,
            column(self.after, label(self.tr("after"), "small"), spacing=0),
            spacing=14,
        )
        self._scores = widget_of(scores)
        words = column(self._gain, self._detail, spacing=4)
        box = row(self._scores, 12, words, spacing=12)
        box.setStretch(2, 1)
        self._figures = card(box, margin=20)
        return self._figures

    def _build_buttons(self) -> QWidget:
        self.use = button(self._theme, self.tr("Use this version"), "check", "primary")
        self.use.clicked.connect(self._use)
        self._in_use = label(self.tr("This version answers now."), "accent", wraps=False)
        self.roll_back = button(self._theme, self.tr("Roll back"), "undo")
        self.roll_back.clicked.connect(self._training.roll_back)
        self.back = button(self._theme, self.tr("Back to training"), "back")
        self.back.clicked.connect(self._leave)
        return widget_of(row(self.use, self._in_use, self.roll_back, self.back, None, spacing=12))

    def _build_comparison(self) -> QFrame:
        self.example = Choice(self._theme)
        self.example.setAccessibleName(self.tr("Incident to compare on"))
        self.example.setMinimumContentsLength(30)
        self.example.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.example.activated.connect(self._compare.choose)
        self._narrative = Prose()
        self._doing = label("", "muted")
        self.views: dict[str, AnswerView] = {}
        self._scores_of: dict[str, QLabel] = {}
        sides = [self._side(BASE, self.tr("As it came")), self._side(TRAINED, self.tr("Trained"))]
        self._sides = row(*sides, spacing=16)
        self._sides.setStretch(0, 1)
        self._sides.setStretch(1, 1)
        head = row(label(self.tr("The same incident, answered twice"), "lead", wraps=False), None)
        self._comparison = card(
            head, self.example, card(self._narrative, kind="well"), self._doing, self._sides, spacing=12
        )
        return self._comparison

    def _side(self, name: str, title: str) -> QWidget:
        self.views[name] = AnswerView(self._theme, self._compare.sides[name].text)
        self._scores_of[name] = label("", "strong", wraps=False)
        head = row(label(title, "lead", wraps=False), None, self._scores_of[name])
        return widget_of(column(head, line(), self.views[name], None, spacing=8))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= SIDE_BY_SIDE_FROM
        self._sides.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)

    def _use(self) -> None:
        if self._training.version is not None:
            self._training.use(self._training.version.id)

    def _leave(self) -> None:
        self._compare.cancel()
        self._training.dismiss()

    def _follow(self) -> None:
        training = self._training
        if training.stage != RESULT:
            return
        version = training.version
        self.notice.tell(training.sentence or self._stopped_early(), "error" if training.sentence else "notice")
        self._show_figures()
        is_active = version is not None and training.active == version.id
        self.use.setVisible(version is not None and not is_active)
        self._in_use.setVisible(is_active)
        self.roll_back.setVisible(is_active and training.can_roll_back)
        self._comparison.setVisible(version is not None)
        if version is not None and version.id != self._shown:
            self._shown = version.id
            self._compare.show(version.id)

    def _stopped_early(self) -> str:
        if self._training.run.status != STOPPED:
            return ""
        if self._training.version is None:
            return self.tr("Stopped. What was learned is saved, and the training can go on from here.")
        return self.tr("Stopped early. What was learned up to then is this version.")

    def _show_figures(self) -> None:
        version, result = self._training.version, self._training.result
        has_scores = version is not None and version.score_before is not None and version.score_after is not None
        self._figures.setVisible(has_scores)
        if version is None or version.score_before is None or version.score_after is None:
            return
        gain = version.score_after - version.score_before
        self.before.setText(f"{version.score_before:.0f}")
        self.after.setText(f"{version.score_after:.0f}")
        points = self.tr("{0} points of 100 better") if gain >= 0 else self.tr("{0} points of 100 worse")
        self._gain.setText(points.format(f"{abs(gain):.1f}"))
        comparison = result.comparison if result is not None else None
        lines = []
        if comparison is not None and result is not None:
            lines = [
                self.tr("Measured on {0} incidents that it never saw, after {1} of training.").format(
                    comparison.scenarios, duration(result.state.seconds)
                ),
                chance(comparison.p_value),
            ]
        self._detail.setText(" ".join(lines) or self.tr("Measured on incidents that it never saw."))

    def _follow_comparison(self) -> None:
        compare = self._compare
        if [self.example.itemText(at) for at in range(self.example.count())] != compare.titles:
            self.example.clear()
            self.example.addItems(compare.titles)
        self.example.setCurrentIndex(compare.chosen)
        if compare.examples:
            self._narrative.show_text(compare.examples[compare.chosen].narrative)
        doing = {
            "preparing": self.tr("Reading the incident …"),
            BASE: self.tr("The model as it came is writing …"),
            TRAINED: self.tr("The trained version is writing …"),
            "failed": compare.sentence,
        }
        self._doing.setText(doing.get(compare.state, ""))
        self._doing.setVisible(bool(self._doing.text()))
        for name, side in compare.sides.items():
            words = self.tr("{0} of 100").format(f"{side.score:.0f}") if side.score is not None else ""
            if side.is_handoff_of_rules:
                words = self.tr("Hand-off from the rules")
            self._scores_of[name].setText(words)
