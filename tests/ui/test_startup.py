# SPDX-License-Identifier: Apache-2.0
"""The start: no heavy library in the process, no data on the way out of a crash, locking replaces the process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from furnished import settle
from window_launch import ASSETS, Launch

from desktop.ui.crash import redacted_report

ROOT = ASSETS.parent
HEAVY = ("torch", "transformers", "trl", "unsloth", "llama_cpp", "numpy", "datasets", "PySide6.QtNetwork")
START = f"""
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from desktop import offline
from desktop.app import Application
app = QApplication([])
application = Application(app, Path(sys.argv[1]), offline.Enforcement(True, ""))
application.window.show()
app.processEvents()
early = [name for name in sys.modules if name.startswith(("desktop.ui.shell", "trainer.practice.rubric"))]
application.start()
application.window.hide()
application.close()
import desktop.ui.shell
from desktop.viewmodels import window
print([name for name in {HEAVY!r} if name in sys.modules], early)
"""
CANARY = "Quillfeather"


def test_the_window_comes_up_without_heavy_libraries(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", START, str(tmp_path / "vault")], env=environment, capture_output=True,
                          text=True, timeout=300, check=False)
    assert done.stdout.strip() == "[] []", done.stderr


def test_a_crash_report_names_places_and_no_data() -> None:
    def fail(narrative: str) -> None:
        try:
            raise KeyError(narrative)
        except KeyError as error:
            raise ValueError(f"cannot read {narrative}") from error

    try:
        fail(CANARY)
    except ValueError as error:
        report = redacted_report(error, "1.2.3")
    assert CANARY not in report and "KeyError" in report and "test_startup.py" in report and "1.2.3" in report
    assert str(Path.home()) not in report and str(ROOT) not in report


def test_a_mistake_of_the_program_is_told_calmly(start: Launch) -> None:
    application = start()
    application.except_hook(ValueError, ValueError(CANARY), None)
    settle()
    dialogs = [each for each in application.window.children() if each.objectName() == "crash"]
    assert len(dialogs) == 1 and CANARY not in dialogs[0].report.toPlainText()
    dialogs[0].accept()


def test_a_mistake_in_background_work_is_told_too(start: Launch) -> None:
    application = start()
    told: list[str] = []
    application.tasks.in_pool(lambda: 1 // 0, lambda _: None, lambda error: told.append(str(error)))
    from furnished import wait_until

    wait_until(lambda: [each for each in application.window.children() if each.objectName() == "crash"])
    assert told and "zero" not in told[0]


def test_restarting_replaces_the_process_and_keeps_its_command_line(tmp_path: Path) -> None:
    program = tmp_path / "again.py"
    program.write_text(
        "import os, sys\n"
        "from desktop.app import restart_process\n"
        "print(os.getpid(), sys.argv[1], flush=True)\n"
        "if 'STARTED' not in os.environ:\n"
        "    os.environ['STARTED'] = '1'\n"
        "    restart_process()\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(program), "kept"], env=environment, capture_output=True, text=True,
                          timeout=300, check=False)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [words[1] for words in lines] == ["kept", "kept"], done.stderr
    assert sys.platform == "win32" or lines[0][0] == lines[1][0]
