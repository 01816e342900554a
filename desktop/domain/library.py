# SPDX-License-Identifier: Apache-2.0
"""What the library compartment holds: policies, trained versions, runs. No incident and no person's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

POLICY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")


@dataclass(frozen=True)
class Policy:
    """A school policy in Markdown. `id` starts the ids of its passages: lower case letters, digits, hyphens, <= 30."""

    id: str
    name: str
    markdown: str


@dataclass(frozen=True)
class AdapterVersion:
    """One trained version (a LoRA adapter in GGUF). Scores are 0 to 100 on the held-out scenarios."""

    id: str
    created_at: str
    base_sha256: str
    seed: int
    score_before: float | None
    score_after: float | None
    note: str = ""


@dataclass(frozen=True)
class RunRecord:
    """One training run as it is remembered.

    `state` is "running", "done", "stopped" or "failed"; `adapter_id` is the version it made; `details` is any JSON
    value tree (recipe, metrics, sentences) without names or incident text.
    """

    id: str
    created_at: str
    state: str
    base_sha256: str
    seed: int
    steps: int = 0
    seconds: float = 0.0
    adapter_id: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


def policy_id(name: str, taken: Collection[str] = ()) -> str:
    """A policy id made from the document's name, different from every id in `taken`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:26].rstrip("-") or "policy"
    candidate, number = stem, 2
    while candidate in taken:
        candidate, number = f"{stem}-{number}", number + 1
    return candidate
