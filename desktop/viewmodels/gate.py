# SPDX-License-Identifier: Apache-2.0
"""The safety gate's card: what a person sees of its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desktop.services.incidents import IncidentsService
from trainer.practice.gate import GateResult

#: Few enough to be read in ten seconds; with several concerns each gives its first ones.
ACTIONS_SHOWN = 5
WORDS_SHOWN = 4


@dataclass(frozen=True)
class GateCard:
    """`level` is CLEAR, CAUTION, HOLD or STOP; `words` are what the rules matched; `handoff` may be {}."""

    level: str = "CLEAR"
    titles: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    first_actions: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    decides: tuple[str, ...] = ()
    handoff: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_stop(self) -> bool:
        return self.level == "STOP"


def card_of(incidents: IncidentsService, result: GateResult) -> GateCard:
    """The card of a fresh result."""
    found = dict.fromkeys(fired.words for fired in result.fired if fired.rule != "staff-tick")
    words = tuple(each for each in found if not any(each != other and each in other for other in found))
    card = saved_card(incidents, result.level, result.codes)
    return GateCard(
        card.level,
        card.titles,
        words[:WORDS_SHOWN],
        card.first_actions,
        card.never,
        card.decides,
        incidents.handoff(result),
    )


def saved_card(incidents: IncidentsService, level: str, codes: Sequence[str]) -> GateCard:
    """The card of a suggestion that was saved with this level and these codes."""
    cards = incidents.cards(codes)
    return GateCard(
        level=level,
        titles=tuple(card.title for card in cards),
        first_actions=_alternating([card.first_actions for card in cards]),
        never=_alternating([card.never for card in cards]),
        decides=_alternating([card.decides for card in cards])[:3],
    )


def _alternating(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The first of each list, then the second of each, and so on."""
    longest = max((len(each) for each in lists), default=0)
    mixed = [each[index] for index in range(longest) for each in lists if index < len(each)]
    return tuple(dict.fromkeys(mixed))[:ACTIONS_SHOWN]
