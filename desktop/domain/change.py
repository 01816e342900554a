# SPDX-License-Identifier: Apache-2.0
"""What an action changed, and how to take it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """The result of every mutating call.

    `kinds` names what views must read again ("incident", "suggestion", "policy", ...; empty when nothing changed).
    `undo` takes the action back and returns the change that does it again. It is None when nothing changed and for what
    cannot be taken back ("erase"); after the latter, older changes must not be undone either. It writes to the store,
    so it is called on the store's thread like the action itself.
    """

    kinds: frozenset[str]
    label: str
    undo: Callable[[], Change] | None = None
