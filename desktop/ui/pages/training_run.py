# SPDX-License-Identifier: Apache-2.0
"""A training as it goes: phases, time left, the reward and its parts as lines, an answer from the practice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QLabel, QProgressBar, QWidget

from desktop.domain.run import RunState, StepMeasured
from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.chart import Line, LineChart
from desktop.ui.widgets.controls import button
from desktop.ui.widgets.layout import Prose, card, column, label, row, widget_of
from desktop.ui.widgets.stepper import Stepper
from desktop.ui.words import duration
from desktop.viewmodels.training import KEEPING, TrainingViewModel, readable

SIDE_BY_SIDE_FROM = 820
LEGEND_COLUMNS = 3
SMOOTHED_STEPS = 5
SAMPLE_CHARS = 900


class TrainingRun(QWidget):
    """Follows a `TrainingViewModel` while a run goes on."""

    def __init__(self, theme: Theme, training: TrainingViewModel) -> None:
        super().__init__()
        self._theme, self._training = theme, training
        self._parts = {
            "rubric": (self.tr("Quality"), "chart-2"),
            "contract": (self.tr("Form kept"), "chart-3"),
            "tags": (self.tr("Reasoning shown"), "chart-4"),
            "gate": (self.tr("Safety rules broken"), "chart-5"),
        }
        self._both = row(self._build_phases(), self._build_chart(), spacing=16)
        self._both.setStretch(1, 1)
        self.setLayout(column(self._both, self._build_sample(), None, spacing=16))
        training.run_changed.connect(self._follow)
        training.changed.connect(self._follow)

    def _build_phases(self) -> QFrame:
        self.stepper = Stepper(
            self._theme,
            {
                "loading": self.tr("Loading the model"),
                "baseline": self.tr("Scoring it as it is"),
                "training": self.tr("Training"),
                "saving": self.tr("Saving"),
                "converting": self.tr("Converting"),
                "proving": self.tr("Checking the conversion"),
                "comparing": self.tr("Scoring it again"),
            },
        )
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName(self.tr("Progress of this phase"))
        self.stop = button(self._theme, self.tr("Stop and save"), "halt")
        self.stop.clicked.connect(lambda: self._training.stop("save"))
        self._stopping = label("", "small")
        made = card(
            label(self.tr("Progress"), "lead"),
            self.stepper,
            self.progress,
            self._stopping,
            row(self.stop, None),
            spacing=14,
        )
        made.setMinimumWidth(270)
        return made

    def _build_chart(self) -> QFrame:
        self.chart = LineChart(self._theme, -1.0, 1.0, self.tr("step"))
        self.chart.setAccessibleName(self.tr("Reward by training step"))
        self._now = label("", "muted", wraps=False)
        head = row(label(self.tr("Reward"), "lead", wraps=False), None, self._now)
        return card(head, self.chart, self._build_legend(), spacing=10)

    def _build_legend(self) -> QGridLayout:
        legend = QGridLayout()
        legend.setHorizontalSpacing(16)
        legend.setVerticalSpacing(2)
        for at, (words, role) in enumerate([(self.tr("Reward, all together"), "chart-1"), *self._parts.values()]):
            legend.addWidget(self._key(words, role), at // LEGEND_COLUMNS, at % LEGEND_COLUMNS)
        legend.setColumnStretch(LEGEND_COLUMNS, 1)
        return legend

    def _key(self, words: str, role: str) -> QWidget:
        dot = QLabel()
        self._theme.dress(dot, "dot", role, 20)
        return widget_of(row(dot, label(words, "small", wraps=False), spacing=4))

    def _build_sample(self) -> QFrame:
        self._sample_title, self._sample = label("", "small"), Prose()
        self._sample_card = card(
            label(self.tr("From the practice"), "lead"), self._sample_title, self._sample, spacing=6
        )
        return self._sample_card

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= SIDE_BY_SIDE_FROM
        self._both.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)

    def _follow(self) -> None:
        run = self._training.run
        progress = run.progress
        left = ""
        if progress is not None and progress.eta_s is not None:
            left = self.tr("about {0} left").format(duration(progress.eta_s))
        self.stepper.show_phase(run.phase, left, is_over=self._training.stage == KEEPING)
        is_known = progress is not None and progress.steps > 0
        self.progress.setMaximum(progress.steps if is_known and progress else 0)
        self.progress.setValue(progress.step if is_known and progress else 0)
        self.stop.setEnabled(not self._training.is_stopping and self._training.stage != KEEPING)
        self._stopping.setText(
            self.tr("Stopping after this step; what was learned is saved.") if self._training.is_stopping else ""
        )
        self._stopping.setVisible(self._training.is_stopping)
        self._draw(run)
        self._show_sample(run)

    def _draw(self, run: RunState) -> None:
        history = run.history
        lines = [Line(words, role, _part(history, name)) for name, (words, role) in self._parts.items()]
        lines.append(Line(self.tr("Reward"), "chart-1", _smoothed(history), is_main=True))
        planned = run.progress.steps if run.progress is not None and run.phase == "training" else 0
        last = history[-1] if history else None
        words = self.tr("Reward {0} at step {1}").format(f"{last.reward:.2f}", last.step) if last else ""
        self._now.setText(words or self.tr("The first step takes the longest"))
        self.chart.show_lines(lines, max(planned, last.step if last else 1), words)

    def _show_sample(self, run: RunState) -> None:
        self._sample_card.setVisible(bool(run.samples))
        if run.samples:
            sample = run.samples[-1]
            self._sample_title.setText(self.tr("Step {0}, reward {1}").format(sample.step, f"{sample.reward:.2f}"))
            text = readable(sample.text)
            self._sample.show_text(text if len(text) <= SAMPLE_CHARS else text[:SAMPLE_CHARS].rstrip() + " …")


def _part(history: Sequence[StepMeasured], name: str) -> list[tuple[float, float]]:
    return [(float(step.step), step.parts[name]) for step in history if name in step.parts]


def _smoothed(history: Sequence[StepMeasured]) -> list[tuple[float, float]]:
    """The mean over the last few steps: single steps jump because their incidents differ."""
    points = []
    for at, step in enumerate(history):
        window = history[max(0, at - SMOOTHED_STEPS + 1) : at + 1]
        points.append((float(step.step), sum(each.reward for each in window) / len(window)))
    return points

