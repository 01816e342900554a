# SPDX-License-Identifier: Apache-2.0
"""Makes the modules of tests/bench importable here; they are outside every package: no program can import them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))
