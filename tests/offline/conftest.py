# SPDX-License-Identifier: Apache-2.0
"""The filter exists on Linux; elsewhere only what the program says about that is tested."""

from __future__ import annotations

import platform
import sys

_HAS_FILTER = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
collect_ignore = [] if _HAS_FILTER else ["test_network_filter.py"]
