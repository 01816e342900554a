# SPDX-License-Identifier: Apache-2.0
"""Train on our policies: before, while, after."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.ui.pages.training_result import TrainingResultView
from desktop.ui.pages.training_run import TrainingRun
from desktop.ui.pages.training_setup import TrainingSetup
from desktop.ui.theme.theme import Theme
from desktop.ui.widgets.layout import centred, column, label, scrolled, widget_of
from desktop.viewmodels.compare import CompareViewModel
from desktop.viewmodels.training import KEEPING, READY, RESULT, RUNNING, TrainingViewModel

WIDTH = 1180


class TrainingPage(QWidget):
    """Shows the view that fits the stage of a `TrainingViewModel`; `told` carries a sentence for the message bar."""

    told = Signal(str)

    def __init__(self, theme: Theme, training: TrainingViewModel, compare: CompareViewModel) -> None:
        super().__init__()
        self._training = training
        self.setup = TrainingSetup(theme, training)
        self.run = TrainingRun(theme, training)
        self.result = TrainingResultView(theme, training, compare)
        self._title, self._text = label(self.tr("Train on our policies"), "display"), label("", "muted")
        page = column(self._title, self._text, 8, self.setup, self.run, self.result, None, spacing=6)
        outer = column(centred(widget_of(page), WIDTH))
        outer.setContentsMargins(24, 24, 24, 24)
        self._area = scrolled(outer)
        self.setLayout(column(self._area))
        self._stage = ""
        training.changed.connect(self._follow)
        training.told.connect(self.told)
        self._follow()

    def _follow(self) -> None:
        stage = self._training.stage
        self.setup.setVisible(stage == READY)
        self.run.setVisible(stage in (RUNNING, KEEPING))
        self.result.setVisible(stage == RESULT)
        self._text.setText(
            {
                READY: self.tr("The model learns to work with your policies, on this computer. Nothing leaves it."),
                RUNNING: self.tr(
                    "The model practises: it answers, the answers are scored, and it learns from the better ones."
                ),
                KEEPING: self.tr("The result is being put into the vault."),
                RESULT: self.tr("Look at what changed, then decide whether this version answers from now on."),
            }[stage]
        )
        if stage != self._stage:
            self._stage = stage
            self._area.verticalScrollBar().setValue(0)
            self._focus(stage)

    def _focus(self, stage: str) -> None:
        """What had the focus is gone with its stage; the next step gets it."""
        if not self.isVisible():
            return
        if stage == READY:
            self.setup.start.setFocus()
        elif stage == RUNNING:
            self.run.stop.setFocus()
        elif stage == RESULT:
            (self.result.back if self.result.use.isHidden() else self.result.use).setFocus()
