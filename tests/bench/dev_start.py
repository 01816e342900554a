# SPDX-License-Identifier: Apache-2.0
"""How long `packaging/dev.py` takes when there is nothing to do: the price that every start pays."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STARTS = 7


def main() -> None:
    figures = []
    for _ in range(STARTS):
        started = time.perf_counter()
        command = [getattr(sys, "_base_executable", sys.executable), str(ROOT / "packaging" / "dev.py"), "setup"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        figures.append(time.perf_counter() - started)
    print(f"dev.py with nothing to do (median of {STARTS})", f"{statistics.median(figures):.2f}", "s", sep="\t")


if __name__ == "__main__":
    main()
