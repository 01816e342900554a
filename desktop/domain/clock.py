# SPDX-License-Identifier: Apache-2.0
"""The one place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> str:
    """Now as ISO 8601 in UTC with microseconds, for example `2026-11-21T07:00:12.345678Z`; sorts as text."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
