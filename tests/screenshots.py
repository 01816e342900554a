# SPDX-License-Identifier: Apache-2.0
"""Pictures of every page: `python tests/screenshots.py FOLDER`, light and dark, in three sizes, on a real vault.

With `--model starter` the shipped model answers and is really trained for five minutes (about a quarter of an hour in
all). Otherwise a tiny model recites an example answer, and a trainer without machine learning takes half a minute.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.app import Application
    from desktop.domain.run import RunState

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "ui")]

#: (width and height of the screen, scale).
SIZES = ((1280, 800, 1.0), (1920, 1080, 1.0), (1280, 800, 1.5))
THEMES = ("light", "dark")
CALM = "12-pencil-case"
STOP = "25-jacket-goodbye"
HOUR_S = 3600


def main() -> None:
    """One process per size, because the scale is fixed when a process starts."""
    parser = argparse.ArgumentParser(description="Pictures of every page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="reciting")
    parser.add_argument("--size", type=int, choices=range(len(SIZES)), help="one of the sizes alone")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    if args.inside:
        Session(args.folder, args.model, *SIZES[args.size]).run()
        return
    for number, (_, _, scale) in enumerate(SIZES):
        if args.size in (None, number):
            take(args.folder, args.model, number, scale)


def take(folder: Path, model: str, number: int, scale: float) -> None:
    """All pictures of one size, in a process and a home of their own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CIRCLEKEEPER_HOME": home, "QT_SCALE_FACTOR": str(scale)}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        command = [sys.executable, __file__, str(folder), "--model", model, "--size", str(number), "--inside"]
        subprocess.run(command, env=environment, check=True)


class Session:
    """One walk through the program."""

    def __init__(self, folder: Path, model: str, width: int, height: int, scale: float) -> None:
        import furnished
        from PySide6.QtWidgets import QApplication

        self._furnished, self._folder, self._model = furnished, folder, model
        self._mark = f"{width}x{height}" + (f"@{scale:g}" if scale != 1 else "")
        self._size = (round(width / scale), round(height / scale))
        self._home = Path(os.environ["CIRCLEKEEPER_HOME"])
        self._app = QApplication(sys.argv[:1])
        self._app.setStyle("Fusion")
        furnished.furnish_models(self._home)

    def run(self) -> None:
        """Walk through every page."""
        if self._model == self._furnished.RECITING:
            self._furnished.with_practising_trainer(setattr)
        with self._program() as program:
            self._create(program)
        with self._program() as program:
            self._open(program)
            self._incidents(program)
            self._incident(program)
            self._training(program)
            program.window.shell.go("settings")
            self._wait(lambda: program.models.settings.model)
            self._picture(program, "settings")

    @contextmanager
    def _program(self) -> Iterator[Application]:
        program = self._furnished.launch(self._home / "vault")
        program.window.resize(*self._size)
        self._wait(lambda: True)
        yield program
        program.close()
        program.window.hide()

    def _create(self, program: Application) -> None:
        page = program.window.unlock
        page.passphrase.setText(self._furnished.PASSPHRASE)
        page.again.setText(self._furnished.PASSPHRASE)
        self._picture(program, "create-vault")
        page.submit.click()
        self._wait(lambda: program.window.shell and program.models.incidents.is_loaded)
        self._picture(program, "empty")
        program.models.incidents.add_samples()
        self._wait(lambda: program.models.incidents.items.rowCount() == 30)
        program.models.settings.choose_model(self._model)
        program.models.training.add_sample_school()
        program.models.training.write_scenarios()
        self._wait(lambda: program.models.training.plan and program.models.training.plan.scenarios)

    def _open(self, program: Application) -> None:
        page = program.window.unlock
        page.passphrase.setText("not the passphrase")
        page.submit.click()
        self._wait(lambda: not page.notice.isHidden())
        self._picture(program, "wrong-passphrase")
        page.passphrase.setText(self._furnished.PASSPHRASE)
        page.submit.click()
        self._wait(lambda: program.window.shell and program.models.incidents.is_loaded)

    def _incidents(self, program: Application) -> None:
        self._wait(lambda: program.models.incidents.items.rowCount() == 30)
        self._picture(program, "incidents")
        page = program.window.shell.page("incidents")
        page.search.setText("xylophone")
        self._wait(lambda: program.models.incidents.items.rowCount() == 0)
        self._picture(program, "nothing-found")
        page.search.clear()
        self._wait(lambda: program.models.incidents.items.rowCount() == 30)

    def _incident(self, program: Application) -> None:
        program.window.shell.new_incident()
        self._wait(program.window.shell.page("incident").form.isEnabled)
        self._picture(program, "new-incident")
        self._show(program, STOP)
        self._panel(program)
        self._picture(program, "stop")
        self._show(program, CALM)
        self._picture(program, "incident")
        page = program.window.shell.page("incident")
        page.suggest()
        self._wait(lambda: len(program.models.suggestion.answer.parts) > 4, 240)
        self._picture(program, "streaming")
        self._wait(lambda: program.models.suggestion.state == "done", 240)
        self._picture(program, "suggestion")
        page.panel.answer.fold.head.setChecked(True)
        area = page.panel._area.verticalScrollBar()
        area.setValue(area.maximum() // 2)
        self._picture(program, "suggestion-below")

    def _panel(self, program: Application) -> None:
        program.window.shell.page("incident")._panel_tab.click()

    def _show(self, program: Application, name: str) -> None:
        case = (ROOT / "assets" / "sample-school" / "incidents" / f"{name}.json").read_text(encoding="utf-8")
        rows = [program.models.incidents.items.index(row, 0).data(257) for row in range(30)]
        wanted = next(incident for incident in rows if incident.narrative[:40] in case)
        program.window.shell.open_incident(wanted.id)
        self._wait(lambda: program.models.incident.incident.id == wanted.id and program.models.incident.gate)

    def _training(self, program: Application) -> None:
        training = program.models.training
        program.window.shell.go("training")
        self._wait(lambda: training.plan)
        self._picture(program, "training")
        is_practising = self._model == self._furnished.RECITING
        training.start(120 if is_practising else 5)
        self._wait(lambda: training.run.steps >= 30 or _share_done(training.run) > 0.6, HOUR_S)
        self._picture(program, "training-run")
        self._wait(lambda: training.stage == "result" and program.models.compare.state in ("done", "failed"), HOUR_S)
        self._picture(program, "training-result")
        program.window.shell.page("training").result.use.click()
        self._wait(lambda: training.active)
        training.dismiss()
        self._wait(lambda: training.stage == "ready" and training.versions)
        area = program.window.shell.page("training")._area.verticalScrollBar()
        area.setValue(area.maximum())
        self._picture(program, "training-versions")

    def _picture(self, program: Application, name: str) -> None:
        for theme in THEMES:
            program.machine.choose_theme(theme)
            program.window.toast.hide()
            self._furnished.settle()
            program.window.grab().save(str(self._folder / f"{name}-{theme}-{self._mark}.png"))

    def _wait(self, condition: Callable[[], object], timeout_s: float = 60.0) -> None:
        self._furnished.wait_until(condition, timeout_s)


def _share_done(run: RunState) -> float:
    """How much of the training's time is over."""
    if run.phase != "training" or run.progress is None or run.progress.eta_s is None or not run.history:
        return 0.0
    return run.progress.elapsed_s / (run.progress.elapsed_s + run.progress.eta_s + 1e-6)


if __name__ == "__main__":
    main()
