# SPDX-License-Identifier: Apache-2.0
"""Incidents and suggestions for the tests of the store."""

from __future__ import annotations

from desktop.domain.clock import utc_now
from desktop.domain.incident import Incident, IncidentId, Party, Suggestion, new_incident_id


def incident(narrative: str, *people: str, location: str | None = "hallway") -> Incident:
    """An incident that happened now."""
    now = utc_now()
    parties = tuple(Party(name, "harmed", "7") for name in people)
    return Incident(new_incident_id(), narrative, "6-8", location, parties, now, now)


def suggestion(incident_id: IncidentId, number: int = 1) -> Suggestion:
    """A suggestion for an incident."""
    return Suggestion(
        id=f"s{number}", incident_id=incident_id, created_at=utc_now(), model="starter", adapter=None, level="CAUTION",
        codes=("POWR", "AGED"), reasoning="Because.", sections={"Safety check": "Nothing seen."}, rubric_total=61.5,
    )
