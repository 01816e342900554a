# SPDX-License-Identifier: Apache-2.0
"""From an incident in the vault to a suggestion: what the vault has to give for it, then the model.

Two steps because they live on two threads: `prepare` reads the vault, `ask` may take a minute and must not block it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop.cancel import CancelToken
from desktop.domain.incident import Incident
from desktop.domain.library import AdapterVersion
from desktop.services.incidents import case_of
from desktop.services.models import Model
from desktop.services.policies import PoliciesService
from desktop.services.preferences import PreferencesService
from desktop.services.suggestion import OnEvent, SuggestionOutcome, SuggestionService
from desktop.services.versions import VersionsService
from trainer.practice.case import Case
from trainer.practice.citations import Passage


@dataclass(frozen=True)
class Asked:
    """The model, the trained version with its file (None: as it came), and the policies."""

    model: Model
    version: AdapterVersion | None
    adapter: bytes | None = field(repr=False)
    passages: tuple[Passage, ...] = field(repr=False)


class AskingService:
    """See the module docstring."""

    def __init__(
        self,
        suggestions: SuggestionService,
        policies: PoliciesService,
        versions: VersionsService,
        preferences: PreferencesService,
    ) -> None:
        self._suggestions, self._policies = suggestions, policies
        self._versions, self._preferences = versions, preferences

    def prepare(self) -> Asked:
        """What the vault gives for a suggestion with the version in use. On the vault's thread."""
        return self.prepare_with(self._versions.active())

    def prepare_with(self, version_id: str | None) -> Asked:
        """The same with this trained version; None is the model as it came. On the vault's thread."""
        version = next((each for each in self._versions.listed() if each.id == version_id), None)
        adapter = self._versions.adapter(version.id) if version else None
        return Asked(self._preferences.model(), version, adapter, tuple(self._policies.passages()))

    def ask(self, incident: Incident, asked: Asked, on_event: OnEvent, cancel: CancelToken) -> SuggestionOutcome:
        """A suggestion for an incident, with the concerns that staff ticked. Blocks."""
        return self.ask_case(case_of(incident), asked, on_event, cancel, incident.flags)

    def ask_case(
        self, case: Case, asked: Asked, on_event: OnEvent, cancel: CancelToken, flags: tuple[str, ...] = ()
    ) -> SuggestionOutcome:
        """A suggestion for a case. A version of another model is left out: it would not fit. Blocks."""
        self._suggestions.model = asked.model
        fits = asked.version is not None and self._preferences.fingerprint(asked.model) == asked.version.base_sha256
        return self._suggestions.suggest(
            case, asked.passages, asked.adapter if fits else None, on_event, cancel, flags=flags
        )
