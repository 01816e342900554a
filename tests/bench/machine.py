# SPDX-License-Identifier: Apache-2.0
"""How a figure is told: with the machine it was measured on, as lines for the table and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def machine() -> dict[str, Any]:
    """Processor, cores, memory, system."""
    return {
        "cpu": _line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": _memory_gib(), "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def tell(what: str, figures: Mapping[str, tuple[float, str]], target: Path | None, **more: Any) -> None:
    """Print one figure a line (what, value, unit, parted by tabs); write all of it as JSON when `target` is named."""
    for name, (value, unit) in figures.items():
        print(f"{what}: {name}\t{value:.4g}\t{unit}", flush=True)
    if target:
        plain = {name: value for name, (value, _) in figures.items()}
        text = json.dumps({"what": what, "machine": machine(), "figures": plain, **more}, indent=2, ensure_ascii=False)
        target.write_text(text + "\n", "utf-8")


def _memory_gib() -> float | None:
    kib = _line("/proc/meminfo", "MemTotal").split()
    return round(int(kib[0]) / 2**20, 1) if kib else None


def _line(path: str, key: str) -> str:
    try:
        lines = Path(path).read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key) and ":" in line), "")
