# SPDX-License-Identifier: Apache-2.0
"""One way to ask long work to stop, from any thread."""

from __future__ import annotations

import threading


class CancelToken:
    """Given to long work by its caller; the work asks `is_cancelled` often and ends soon after it turns true."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop; calling it again is harmless."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        return self._event.is_set()
