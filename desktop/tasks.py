# SPDX-License-Identifier: Apache-2.0
"""The one place that makes threads. This core knows nothing of Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable


def in_background(work: Callable[[], None]) -> None:
    """Run `work` on a thread of its own, which does not keep the program alive."""
    threading.Thread(target=work, daemon=True).start()
