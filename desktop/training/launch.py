# SPDX-License-Identifier: Apache-2.0
"""The trainer's first lines: run by the trainer's own Python, before any library is imported, as

    python -I -X utf8 .../desktop/training/launch.py

It puts the folder of this checkout or installation first on the path (another package named `trainer` exists), takes
the network away for good, makes the process the first to be ended when memory runs out and unreadable for others, and
then runs `trainer` as `-m trainer` would. Turned down: `preexec_fn`, which is not safe in a program with threads.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

NICE = 10


def main() -> None:
    """Prepare the process and become the trainer."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from desktop.offline import deny_network, harden_process  # only now on the path

    _step_back()
    harden_process()
    deny_network()
    sys.argv = ["trainer"]
    runpy.run_module("trainer", run_name="__main__", alter_sys=True)


def _step_back() -> None:
    """Leave the processor to the person at the screen, and be the one that goes when memory runs out."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    if sys.platform == "linux":
        try:
            Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
        except OSError:
            return  # a hardened system may forbid it; it is a courtesy, not a need


if __name__ == "__main__":
    main()
