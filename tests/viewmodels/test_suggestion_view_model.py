# SPDX-License-Identifier: Apache-2.0
"""The suggestion's states, without a window; the engine is the real one where a model is asked."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from vault_desk import Desk

from desktop.domain.incident import Incident
from desktop.tasks import InlineTasks
from desktop.viewmodels.suggestion import SuggestionViewModel
from trainer.practice.contract import FULL_HEADINGS, HANDOFF_HEADINGS

TESTS = Path(__file__).resolve().parents[1]
PLAIN = (TESTS / "answers" / "pencil-case" / "plain.md").read_text(encoding="utf-8")
CALM = "Ana took the pencil case out of Ben's bag on Tuesday, and Ben went quiet."
GRAVE = "Ana said that she wants to die and has been cutting herself."


@pytest.fixture
def suggestion(desk: Desk, tmp_path: Path) -> SuggestionViewModel:
    """A view-model whose model recites an example."""
    sys.path.insert(0, str(TESTS / "inference"))
    import tiny_gguf

    (tmp_path / "models").mkdir()
    tiny_gguf.write_model(tmp_path / "models" / "reciting.gguf", PLAIN)
    desk.preferences.choose_model("reciting")
    return SuggestionViewModel(desk.asking, desk.incidents, InlineTasks())


def saved(desk: Desk, text: str, **fields: Any) -> Incident:
    return desk.incidents.save(replace(desk.incidents.blank(), narrative=text, **fields))[0]


def test_a_suggestion_goes_through_its_states_and_is_saved(desk: Desk, suggestion: SuggestionViewModel) -> None:
    states: list[str] = []
    suggestion.changed.connect(lambda: states.append(suggestion.state))
    incident = saved(desk, CALM)
    suggestion.suggest(incident)
    assert list(dict.fromkeys(states)) == ["preparing", "writing", "done"]
    assert [name for name in suggestion.answer.parts if name != "reasoning"] == list(FULL_HEADINGS)
    assert suggestion.can_save and suggestion.shown.model == "reciting"
    suggestion.save()
    assert suggestion.shown.is_saved and not suggestion.can_save
    other = SuggestionViewModel(desk.asking, desk.incidents, InlineTasks())
    other.watch(incident.id)
    assert other.answer.parts == suggestion.answer.parts and other.gate.level == "CLEAR"


def test_cancelling_keeps_nothing(desk: Desk, suggestion: SuggestionViewModel) -> None:
    suggestion.answer.part_changed.connect(lambda _: suggestion.cancel())
    suggestion.suggest(saved(desk, CALM))
    assert suggestion.state == "cancelled" and not suggestion.can_save


def test_under_stop_no_model_is_asked(desk: Desk, suggestion: SuggestionViewModel) -> None:
    suggestion.keep_handoff(saved(desk, GRAVE))
    assert desk.engine.pid is None
    assert list(suggestion.answer.parts) == list(HANDOFF_HEADINGS) and suggestion.gate.is_stop
    assert suggestion.shown.is_saved and suggestion.shown.is_handoff_of_rules


def test_a_ticked_concern_reaches_the_gate(desk: Desk, suggestion: SuggestionViewModel) -> None:
    suggestion.suggest(saved(desk, CALM, flags=("WEAP",)))
    assert suggestion.gate.is_stop and desk.engine.pid is None


def test_a_missing_model_is_told_and_the_next_request_works(desk: Desk, suggestion: SuggestionViewModel) -> None:
    model = desk.preferences.model()
    hidden = model.path.rename(model.path.with_suffix(".away"))
    broken = model.path
    broken.write_bytes(b"GGUF but no model")
    incident = saved(desk, CALM)
    suggestion.suggest(incident)
    assert suggestion.state == "failed" and suggestion.sentence.endswith(".")
    hidden.rename(broken)
    suggestion.suggest(incident)
    assert suggestion.state == "done"


def test_another_incident_drops_what_was_shown(desk: Desk, suggestion: SuggestionViewModel) -> None:
    suggestion.suggest(saved(desk, CALM))
    suggestion.watch(saved(desk, "Something else.").id)
    assert suggestion.state == "idle" and suggestion.answer.is_empty and suggestion.gate is None
