# SPDX-License-Identifier: Apache-2.0
"""How many physical cores this process may use: two threads on one core make llama.cpp slower, not faster."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def physical_cores() -> int:
    """At least 1; hardware threads of one core count once where the system tells."""
    if sys.platform == "linux":
        usable = os.sched_getaffinity(0)
        found = {_core_of(cpu) for cpu in usable}
        return max(1, len(usable) if None in found else len(found))
    logical = os.cpu_count() or 1
    # Apple's processors have one thread to a core; elsewhere two are the rule.
    return logical if sys.platform == "darwin" else max(1, logical // 2)


def _core_of(cpu: int) -> str | None:
    siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    try:
        return siblings.read_text(encoding="ascii")
    except OSError:
        return None
