# SPDX-License-Identifier: Apache-2.0
"""The known answers of the tiny models in these tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TEXT = "Étienne waited by the gate ☕ until four; nobody came, and so he walked home along the river.\n"
OTHER = "Another answer, learned later: first listen, then ask what would help, and write down who does what."
MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "What happened at the gate?"}]


@dataclass(frozen=True)
class Reciting:
    """A model that answers TEXT, and an adapter under which it answers OTHER."""

    path: Path
    adapter: bytes
