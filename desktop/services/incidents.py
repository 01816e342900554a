# SPDX-License-Identifier: Apache-2.0
"""Incidents as staff work with them: listed, searched, saved, drafted, checked by the safety gate.

Called on the vault's thread, apart from `check`, `card` and `case_of`, which touch no vault.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from desktop.domain.change import Change
from desktop.domain.clock import utc_now
from desktop.domain.incident import Incident, IncidentId, Party, Suggestion, new_incident_id
from desktop.errors import ImportFileError, KnownError
from desktop.services.suggestion import SuggestionOutcome
from desktop.services.vault import VaultService
from trainer.practice import case as practice_case
from trainer.practice import gate
from trainer.practice.case import MAX_NARRATIVE_CHARS, MAX_PARTIES, ROLES, Case, CaseError, parse_case_json
from trainer.practice.gate import GateResult
from trainer.practice.rules import CODES, Card, Practice

NEW = "incident/new"


class IncidentNotReady(KnownError):
    """The incident cannot be saved or used as it stands."""

    code = "incident-not-ready"
    sentence = "Write what happened first."


class IncidentsService:
    """See the module docstring. `sample_folder` holds the sample school's incidents, one `case.json` each."""

    def __init__(self, vault: VaultService, practice: Practice, sample_folder: Path) -> None:
        self._vault, self._practice, self._sample_folder = vault, practice, sample_folder

    @staticmethod
    def blank() -> Incident:
        """A new incident with nothing in it."""
        now = utc_now()
        return Incident(new_incident_id(), "", None, None, (), now, now)

    def listed(self, search: str = "") -> list[Incident]:
        """All incidents, last changed first, or those that hold every searched word."""
        return self._vault.cases.incidents(search)

    def save(self, incident: Incident) -> tuple[Incident, Change]:
        """Check and save; the draft is forgotten. Raises `IncidentNotReady` with what is missing."""
        require_ready(incident)
        saved = replace(incident, updated_at=utc_now())
        change = self._vault.cases.save_incident(saved)
        self.forget_draft(incident.id)
        return saved, change

    def delete(self, incident_id: IncidentId) -> Change:
        """Take the incident out of the list; the change can be undone."""
        self.forget_draft(incident_id)
        return self._vault.cases.delete_incident(incident_id)

    def add_samples(self) -> Change:
        """Add the sample school's incidents, each with its names; undo takes the last one back."""
        files = sorted(self._sample_folder.glob("*.json"))
        if not files:
            raise ImportFileError("The sample incidents are not there; reinstall Circlekeeper.", code="samples-missing")
        change = Change(frozenset(), "Add sample incidents")
        for file in reversed(files):
            change = self._vault.cases.save_incident(_incident_of(_sample_case(file)))
        return replace(change, undo=None)

    # Drafts: what was typed and not saved, kept in the vault's encrypted file and nowhere else.

    def keep_draft(self, incident: Incident, *, is_new: bool) -> None:
        """Remember unsaved typing."""
        self._vault.cases.save_draft(_draft_key(incident.id, is_new), json.dumps(asdict(incident)))

    def opened(self, incident_id: IncidentId) -> tuple[Incident | None, bool]:
        """An incident with its unsaved typing put back, and whether there was any."""
        draft = _from_draft(self._vault.cases.draft(_draft_key(incident_id, is_new=False)))
        saved = self._vault.cases.incident(incident_id)
        return (draft, True) if draft is not None and saved is not None else (saved, False)

    def unfinished(self) -> Incident | None:
        """The new incident that was begun and never saved, if there is one."""
        return _from_draft(self._vault.cases.draft(NEW))

    def forget_draft(self, incident_id: IncidentId) -> None:
        """Drop unsaved typing of this incident."""
        self._vault.cases.clear_draft(_draft_key(incident_id, is_new=False))
        unfinished = self.unfinished()
        if unfinished is not None and unfinished.id == incident_id:
            self._vault.cases.clear_draft(NEW)

    # The safety gate

    def check(self, incident: Incident) -> GateResult:
        """What the gate says to the text and the ticked concerns as they stand, finished or not."""
        parties = tuple(practice_case.Party(p.name, p.role, p.grade) for p in incident.parties)
        case = Case(incident.narrative, incident.grade_band, incident.severity, incident.location, parties)
        return gate.check_case(self._practice.gate, case, incident.flags)

    def handoff(self, result: GateResult) -> dict[str, str]:
        """The hand-off of the rule file, `{}` when none is due."""
        return gate.handoff(self._practice.gate, result)

    def cards(self, codes: Sequence[str]) -> tuple[Card, ...]:
        """The rule file's texts for these codes."""
        return tuple(self._practice.gate.cards[code] for code in codes if code in self._practice.gate.cards)

    def concerns(self) -> tuple[Card, ...]:
        """Everything that staff can tick."""
        return self.cards(CODES)

    # Suggestions

    def suggestions(self, incident_id: IncidentId) -> list[Suggestion]:
        """The saved suggestions, newest first."""
        return self._vault.cases.suggestions(incident_id)

    def save_suggestion(self, incident_id: IncidentId, outcome: SuggestionOutcome) -> Suggestion:
        """Keep a suggestion, or the hand-off, as it was shown."""
        suggestion = Suggestion(
            id=uuid.uuid4().hex,
            incident_id=incident_id,
            created_at=utc_now(),
            model=outcome.model or "",
            adapter=outcome.adapter,
            level=outcome.level,
            codes=outcome.gate.codes,
            reasoning=outcome.reasoning,
            sections=dict(outcome.sections),
            rubric_total=outcome.rubric.total if outcome.rubric else None,
        )
        self._vault.cases.save_suggestion(suggestion)
        return suggestion


def require_ready(incident: Incident) -> None:
    """Raise `IncidentNotReady` with one sentence when the incident is not fit to be saved."""
    if not incident.narrative.strip():
        raise IncidentNotReady
    if len(incident.narrative) > MAX_NARRATIVE_CHARS:
        raise IncidentNotReady(f"The report is longer than {MAX_NARRATIVE_CHARS:,} characters; shorten it.")
    names = [party.name.strip() for party in incident.parties]
    if not all(names):
        raise IncidentNotReady("One of the people has no name; give one, for example “Student A”, or remove the row.")
    if any(party.role not in ROLES for party in incident.parties):
        raise IncidentNotReady("One of the people has no role; choose how that person was involved.")
    if len({name.casefold() for name in names}) != len(names):
        raise IncidentNotReady("Two people have the same name; tell them apart, for example by an initial.")
    if len(names) > MAX_PARTIES:
        raise IncidentNotReady(f"At most {MAX_PARTIES} people fit; leave out those who were not involved.")


def case_of(incident: Incident) -> Case:
    """The interchange form that gate, prompt and model work with; raises `IncidentNotReady`."""
    require_ready(incident)
    parties = tuple(practice_case.Party(p.name.strip(), p.role, p.grade) for p in incident.parties)
    return Case(incident.narrative.strip(), incident.grade_band, incident.severity, incident.location, parties)


def _draft_key(incident_id: IncidentId, is_new: bool) -> str:
    return NEW if is_new else f"incident/{incident_id}"


def _from_draft(text: str) -> Incident | None:
    if not text:
        return None
    fields = json.loads(text)
    parties = tuple(Party(**party) for party in fields["parties"])
    return Incident(**{**fields, "parties": parties, "flags": tuple(fields["flags"])})


def _sample_case(file: Path) -> Case:
    try:
        return parse_case_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, CaseError):
        raise ImportFileError(f"The sample incident {file.name} is broken; reinstall Circlekeeper.") from None


def _incident_of(case: Case) -> Incident:
    parties = tuple(Party(p.name, p.role, p.grade) for p in case.parties)
    now = utc_now()
    return Incident(
        new_incident_id(), case.narrative, case.grade_band, case.location, parties, now, now, severity=case.severity
    )
