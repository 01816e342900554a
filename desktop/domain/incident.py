# SPDX-License-Identifier: Apache-2.0
"""An incident as a counselor records it, and a suggestion that was made for it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import NewType

IncidentId = NewType("IncidentId", str)

TITLE_CHARS = 60


@dataclass(frozen=True)
class Party:
    """One person in an incident. `role` is one of `trainer.practice.case.ROLES`."""

    name: str
    role: str
    grade: str | None = None


@dataclass(frozen=True)
class Incident:
    """One incident. `created_at` and `updated_at` are ISO 8601 in UTC (`clock.utc_now`).

    `flags` are the safety gate's codes that staff ticked; they count as much as what the gate finds in the text.
    `severity` is 1 to 4 as staff see it, None where they did not say.
    """

    id: IncidentId
    narrative: str
    grade_band: str | None
    location: str | None
    parties: tuple[Party, ...]
    created_at: str
    updated_at: str
    flags: tuple[str, ...] = ()
    severity: int | None = None

    @property
    def title(self) -> str:
        """The first words of the narrative, at most 60 characters."""
        text = " ".join(self.narrative.split())
        if len(text) <= TITLE_CHARS:
            return text
        head = text[: TITLE_CHARS - 1]
        whole_words = head if text[TITLE_CHARS - 1] == " " else head.rpartition(" ")[0]
        return (whole_words or head).rstrip(" ,;:.") + "…"


@dataclass(frozen=True)
class Suggestion:
    """A suggestion as it was shown: a draft to a professional, kept with the model and adapter that wrote it.

    `level` and `codes` are the safety gate's; `sections` maps the headings of the answer's contract to their texts;
    `rubric_total` is 0 to 100.
    """

    id: str
    incident_id: IncidentId
    created_at: str
    model: str
    adapter: str | None
    level: str
    codes: tuple[str, ...]
    reasoning: str
    sections: dict[str, str]
    rubric_total: float | None


def new_incident_id() -> IncidentId:
    """A fresh random id."""
    return IncidentId(uuid.uuid4().hex)
