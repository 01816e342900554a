# SPDX-License-Identifier: Apache-2.0
"""The sentence that a person is told about an error."""

from __future__ import annotations

from desktop.errors import CirclekeeperError, KnownError


def sentence_of(error: CirclekeeperError) -> str:
    """A known error's own sentence; for a mistake of ours, whose report is shown apart, its constant text."""
    return error.sentence if isinstance(error, KnownError) else str(error)
