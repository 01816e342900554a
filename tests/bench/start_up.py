# SPDX-License-Identifier: Apache-2.0
"""How long the app takes from its process's start to a painted window, as a ratio to a bare PySide6 window.

    python tests/bench/start_up.py [--rounds N] [--long] [--json FILE]

Each round starts both programs afresh, one after the other; the medians are compared. Without a display the windows
are painted off the screen.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from machine import ROOT, tell

ENVIRONMENT = "app"
PATIENCE_S = 120.0
FIRST_PAINT = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWidgetType():
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        print("painted", flush=True)
        import os
        os._exit(0)
"""
BARE = FIRST_PAINT + """
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv[:1])
first = FirstPaint()
app.installEventFilter(first)
window = QWidget()
window.resize(1000, 700)
window.show()
app.exec()
"""
#: The program's own start, with nothing put in but the look at the first paint event.
OURS = FIRST_PAINT + """
from desktop import app as program
start, first = program.Application.start, FirstPaint()
def watched(self):
    self._app.installEventFilter(first)
    start(self)
program.Application.start = watched
program.main()
"""


def main(arguments: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    rounds = args.rounds or (9 if args.long else 3)
    times: dict[str, list[float]] = {"bare": [], "ours": []}
    with tempfile.TemporaryDirectory() as home:
        for number in range(rounds + 1):
            for name, program in (("bare", BARE), ("ours", OURS)):
                seconds = _painted_after(program, home)
                if number:  # the first round brings the files into memory
                    times[name].append(seconds)
    bare, ours = median(times["bare"]), median(times["ours"])
    tell("start", {
        "painted window, app / bare PySide6": (ours / bare, "ratio"), "painted window, app": (1000 * ours, "ms"),
        "painted window, bare PySide6": (1000 * bare, "ms"),
    }, args.json, rounds=rounds)
    return 0


def _painted_after(program: str, home: str) -> float:
    """Seconds from the start of the process to its first painted window."""
    variables = {**os.environ, "CIRCLEKEEPER_HOME": home, "PYTHONPATH": str(ROOT)}
    if sys.platform == "linux" and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        variables["QT_QPA_PLATFORM"] = "offscreen"
    started = time.monotonic()
    command = [sys.executable, "-c", program]
    child = subprocess.Popen(command, cwd=home, env=variables, stdout=subprocess.PIPE, text=True)
    try:
        said = child.stdout.readline() if child.stdout else ""
        seconds = time.monotonic() - started
        child.wait(PATIENCE_S)
    finally:
        child.kill()
    if said.strip() != "painted":
        raise RuntimeError("The window was not painted; start the program by itself to see why.")
    return seconds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
