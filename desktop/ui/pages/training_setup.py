# SPDX-License-Identifier: Apache-2.0
"""Before a training: what will be used, how long it takes, and which version answers now."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QFrame, QLabel, QVBoxLayout, QWidget

from desktop.domain.library import AdapterVersion
from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.controls import Choice, button
from desktop.ui.widgets.layout import append, card, column, field, label, line, row, widget_of
from desktop.ui.widgets.notices import Notice
from desktop.ui.words import duration, local_time
from desktop.viewmodels.training import MINUTES, USUAL_MINUTES, TrainingViewModel

SIDE_BY_SIDE_FROM = 720
POLICIES_SHOWN = 6


class TrainingSetup(QWidget):
    """Follows a `TrainingViewModel` while nothing runs."""

    told = Signal(str)

    def __init__(self, theme: Theme, training: TrainingViewModel) -> None:
        super().__init__()
        self._theme, self._training = theme, training
        self.problem = Notice(theme, "notice")
        self._cards = row(self._build_policies(), self._build_scenarios(), self._build_model(), spacing=16)
        for at in range(3):
            self._cards.setStretch(at, 1)
        start, below = self._build_start(), (self._build_versions(), self._build_steps())
        self.setLayout(column(self._cards, self.problem, start, 8, *below, None, spacing=16))
        training.changed.connect(self._follow)

    def _build_policies(self) -> QFrame:
        self._policies = label("0", "figure")
        self._policies_words = label("", "muted")
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.add_files = button(self._theme, self.tr("Add files …"), "plus")
        self.add_sample = button(self._theme, self.tr("Load the sample school"), "book", "quiet")
        self.add_files.clicked.connect(self._choose_files)
        self.add_sample.clicked.connect(self._training.add_sample_school)
        return card(
            label(self.tr("Your policies"), "lead"),
            row(self._policies, self._policies_words, None, spacing=10),
            self._list,
            None,
            row(self.add_files, None),
            row(self.add_sample, None),
            spacing=8,
        )

    def _build_scenarios(self) -> QFrame:
        self._scenarios, self._scenarios_words = label("0", "figure"), label("", "muted")
        self.write = button(self._theme, self.tr("Write 250 scenarios"), "pencil")
        self.write.clicked.connect(self._training.write_scenarios)
        return card(
            label(self.tr("Practice scenarios"), "lead"),
            row(self._scenarios, self._scenarios_words, None, spacing=10),
            label(
                self.tr(
                    "Invented incidents that the model practises on. Your own incidents are never used for training."
                ),
                "muted",
            ),
            None,
            row(self.write, None),
            spacing=8,
        )

    def _build_model(self) -> QFrame:
        self._model, self._model_note = label("", "strong"), label("", "small")
        self._model_note.setProperty("tone", "caution")
        self.minutes = Choice(self._theme)
        for minutes in MINUTES:
            self.minutes.addItem(duration(minutes * 60), minutes)
        self.minutes.choose(USUAL_MINUTES)
        self._measured = label("", "muted")
        return card(
            label(self.tr("Model and time"), "lead"),
            self._model,
            self._model_note,
            field(self.tr("Time for training"), self.minutes),
            self._measured,
            None,
            spacing=8,
        )

    def _build_start(self) -> QWidget:
        self.start = button(self._theme, self.tr("Start training"), "play", "primary")
        self.go_on = button(self._theme, self.tr("Go on with the stopped training"), "play")
        self.start.clicked.connect(lambda: self._begin(is_resumed=False))
        self.go_on.clicked.connect(lambda: self._begin(is_resumed=True))
        hint = label(self.tr("The computer is busy meanwhile; you can go on working, and stop at any time."), "small")
        box = row(self.start, self.go_on, hint, spacing=12)
        box.setStretch(2, 1)
        return widget_of(box)

    def _build_steps(self) -> QFrame:
        steps = (
            self.tr("The model answers practice scenarios again and again, with your policies at hand."),
            self.tr("Fixed rules score each answer: is its form kept, does it see danger, is everybody thought of?"),
            self.tr("It learns from the better answers. You see the scores rise, and can stop at any time."),
            self.tr("You compare it with the model as it was, and decide which of the two answers from then on."),
        )
        lines = []
        for number, words in enumerate(steps, 1):
            figure = label(f"{number}", "accent", wraps=False)
            figure.setFixedWidth(24)
            lines.append(row(figure, label(words), spacing=4))
        return card(label(self.tr("What happens in a training"), "lead"), *lines, spacing=10)

    def _build_versions(self) -> QFrame:
        self.roll_back = button(self._theme, self.tr("Roll back"), "undo")
        self.roll_back.clicked.connect(self._training.roll_back)
        self._versions = QVBoxLayout()
        self._versions.setSpacing(10)
        head = row(label(self.tr("Which version answers"), "lead", wraps=False), None, self.roll_back)
        self._versions_card = card(head, self._versions, spacing=10)
        return self._versions_card

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= SIDE_BY_SIDE_FROM
        self._cards.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)

    def _begin(self, *, is_resumed: bool) -> None:
        self._training.start(float(self.minutes.currentData()), is_resumed=is_resumed)

    def _choose_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, self.tr("Add policies"), "", self.tr("Text (*.md *.txt)"))
        self._training.add_policies(files)

    def _follow(self) -> None:
        plan = self._training.plan
        if plan is None:
            return
        self._policies.setText(str(plan.policies))
        self._policies_words.setText(
            self.tr("with {0} passages that can be cited").format(plan.passages)
            if plan.policies
            else self.tr("policies yet")
        )
        self._scenarios.setText(str(plan.scenarios))
        self._scenarios_words.setText(self.tr("to practise on"))
        self._model.setText(plan.model[:1].upper() + plan.model[1:])
        self._model_note.setText(plan.model_note[:1].upper() + plan.model_note[1:])
        self._model_note.setVisible(bool(plan.model_note))
        self._measured.setText(
            self.tr(
                "Before and after, the model answers {0} incidents that it has never seen, and both "
                "are scored. That takes a few minutes more."
            ).format(plan.held_out)
        )
        self.add_sample.setVisible(not plan.policies)
        self.write.setText(self.tr("Write 250 scenarios") if not plan.scenarios else self.tr("Write them anew"))
        self.problem.tell(plan.problem)
        self.start.setEnabled(not plan.problem)
        self.go_on.setVisible(plan.resumable is not None)
        self.go_on.setEnabled(not plan.problem)
        self._show_policies()
        self._show_versions()

    def _show_policies(self) -> None:
        _clear(self._list)
        policies = self._training.policies
        for policy in policies[:POLICIES_SHOWN]:
            remove = button(self._theme, "", "close", "quiet")
            remove.setAccessibleName(self.tr("Remove {0}").format(policy.name))
            remove.setToolTip(remove.accessibleName())
            remove.clicked.connect(lambda _=False, each=policy.id: self._training.remove_policy(each))
            append(self._list, widget_of(row(label(policy.name, wraps=False), None, remove, spacing=4)))
        if len(policies) > POLICIES_SHOWN:
            append(self._list, label(self.tr("and {0} more").format(len(policies) - POLICIES_SHOWN), "small"))

    def _show_versions(self) -> None:
        _clear(self._versions)
        self._versions_card.setVisible(bool(self._training.versions))
        self.roll_back.setVisible(self._training.can_roll_back)
        for version in self._training.versions:
            append(self._versions, self._version_row(version))
            append(self._versions, line())
        append(self._versions, self._base_row())

    def _version_row(self, version: AdapterVersion) -> QWidget:
        title = self.tr("Trained {0}").format(local_time(version.created_at))
        figures = ""
        if version.score_before is not None and version.score_after is not None:
            figures = self.tr("{0} before, {1} after, of 100").format(
                f"{version.score_before:.0f}", f"{version.score_after:.0f}"
            )
        show = button(self._theme, self.tr("Show"), "eye", "quiet")
        show.setAccessibleName(self.tr("Show what changed: {0}").format(title))
        show.clicked.connect(lambda _=False, each=version: self._training.show_version(each))
        return self._row(title, figures, version.id == self._training.active, version.id, show)

    def _base_row(self) -> QWidget:
        return self._row(
            self.tr("The model as it came"), self.tr("Without training"), self._training.active is None, None
        )

    def _row(self, title: str, detail: str, is_active: bool, version_id: str | None, *more: QWidget) -> QWidget:
        last: QWidget
        if is_active:
            mark = QLabel()
            self._theme.dress(mark, "check", "accent", 18)
            last = widget_of(row(mark, label(self.tr("Answers now"), "accent", wraps=False), spacing=6))
        else:
            last = button(self._theme, self.tr("Use this version"))
            last.setAccessibleName(self.tr("Use this version: {0}").format(title))
            last.clicked.connect(lambda: self._training.use(version_id))
        words = column(label(title, "strong", wraps=False), label(detail, "small", wraps=False), spacing=2)
        box = row(words, None, *more, last, spacing=12)
        box.setAlignment(last, Qt.AlignmentFlag.AlignVCenter)
        return widget_of(box)


def _clear(layout: QVBoxLayout) -> None:
    while layout.count():
        old = layout.takeAt(0).widget()
        if old is not None:
            old.hide()
            old.deleteLater()
