# SPDX-License-Identifier: Apache-2.0
"""A checkout that holds the developer's command and nothing else of the project, to start it in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FINISH = """
from devtools import setup
from devtools.layout import CHECKOUT
from devtools.virtualenv import Virtualenv
Virtualenv(CHECKOUT.app, CHECKOUT).finish(setup.app_key(CHECKOUT))
Virtualenv(CHECKOUT.trainer, CHECKOUT).finish(setup.trainer_key(CHECKOUT))
"""


@dataclass(frozen=True)
class SmallCheckout:
    """A folder with the developer's command and nothing else of the project."""

    root: Path

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(self.root / "packaging" / "dev.py"), *arguments]
        variables = {**os.environ, **(env or {})}
        return subprocess.run(command, capture_output=True, text=True, env=variables, timeout=120)

    def make_ready(self) -> None:
        """Real environments of this Python without packages, stamped as finished."""
        for name in (".venv", ".venv-trainer"):
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(self.root / name)], check=True)
        variables = {**os.environ, "PYTHONPATH": str(self.root / "packaging")}
        subprocess.run([sys.executable, "-c", FINISH], check=True, env=variables)
