# SPDX-License-Identifier: Apache-2.0
"""Writing, keeping, finding and deleting incidents, and the gate that reads along, without a window."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from pytestqt.modeltest import ModelTester
from vault_desk import Desk

from desktop.domain.incident import Party
from desktop.tasks import Done, Failed, InlineTasks, T
from desktop.viewmodels.drafts import AT_MOST_MS, PAUSE_MS, DraftKeeper
from desktop.viewmodels.incident import IncidentViewModel
from desktop.viewmodels.incidents import IncidentsViewModel
from desktop.viewmodels.items.incidents import INCIDENT_ROLE
from desktop.viewmodels.items.people import GRADE, NAME, ROLE, PeopleTableModel

TEXT = "Ana pushed Ben off the swing."


@pytest.fixture
def new_incident(desk: Desk) -> Iterator[Callable[[], IncidentViewModel]]:
    """Makes view-models, which are left before the vault is closed."""
    made: list[IncidentViewModel] = []

    def make() -> IncidentViewModel:
        made.append(IncidentViewModel(desk.incidents, InlineTasks()))
        return made[-1]

    yield make
    for model in made:
        model.leave()


@pytest.fixture
def incident(new_incident: Callable[[], IncidentViewModel]) -> IncidentViewModel:
    model = new_incident()
    model.start_new()
    return model


@pytest.fixture
def incidents(desk: Desk) -> IncidentsViewModel:
    return IncidentsViewModel(desk.incidents, InlineTasks())


def titles(model: IncidentsViewModel) -> list[str]:
    return [model.items.index(row, 0).data() for row in range(model.items.rowCount())]


def test_an_incident_is_saved_found_and_opened(incident: IncidentViewModel, incidents: IncidentsViewModel) -> None:
    incident.set_narrative(TEXT)
    incident.set_location(" playground ")
    incident.set_grade_band("3-5")
    incident.set_flags(("BULY",))
    incident.set_severity(3)
    incident.save()
    assert incident.status == "saved" and not incident.is_new
    incidents.refresh()
    assert titles(incidents) == [TEXT]
    incidents.search("play")
    assert titles(incidents) == [TEXT]
    incidents.search("xylophone")
    assert titles(incidents) == []
    incident.start_new()
    assert incident.incident.narrative == ""
    incidents.search("")
    stored = incidents.items.index(0, 0).data(INCIDENT_ROLE)
    incident.open(stored.id)
    assert incident.incident == stored and stored.location == "playground" and stored.flags == ("BULY",)
    assert stored.severity == 3


@pytest.mark.parametrize(
    ("parties", "sentence"),
    [((Party("", "harmed"),), "no name"), ((Party("Ana", ""),), "no role"),
     ((Party("Ana", "harmed"), Party("ana", "witness")), "same name"),
     (tuple(Party(f"P{number}", "witness") for number in range(27)), "At most 26")],
)
def test_what_cannot_be_saved_is_told_without_names(
    incident: IncidentViewModel, parties: tuple[Party, ...], sentence: str
) -> None:
    told: list[str] = []
    incident.failed.connect(told.append)
    incident.set_narrative(TEXT)
    incident.people.set_rows(parties)
    incident.people.edited.emit()
    incident.save()
    assert len(told) == 1 and sentence in told[0] and "Ana" not in told[0] and incident.status != "saved"


def test_a_report_that_is_too_long_is_told(incident: IncidentViewModel) -> None:
    told: list[str] = []
    incident.failed.connect(told.append)
    incident.set_narrative("x" * 20_001)
    incident.save()
    assert told == ["The report is longer than 20,000 characters; shorten it."]


def test_unsaved_typing_is_kept_and_put_back(
    desk: Desk, incident: IncidentViewModel, new_incident: Callable[[], IncidentViewModel]
) -> None:
    incident.set_narrative(TEXT)
    incident.leave()
    again = new_incident()
    again.start_new()
    assert again.incident.narrative == TEXT and again.was_restored and again.status == "draft"
    again.save()
    assert desk.incidents.unfinished() is None
    again.set_narrative(TEXT + " Ben cried.")
    again.leave()
    third = new_incident()
    third.open(again.incident.id)
    assert third.incident.narrative.endswith("cried.") and third.was_restored
    third.discard()
    assert third.incident.narrative == TEXT and third.status == "saved"


def test_typing_is_kept_within_a_second_of_the_last_key(core: QCoreApplication) -> None:
    assert PAUSE_MS <= 1000 < AT_MOST_MS
    kept: list[float] = []
    keeper = DraftKeeper(lambda: kept.append(time.monotonic()), core, pause_ms=30)
    keeper.touch()
    keeper.touch()
    assert kept == []
    ends = time.monotonic() + 20
    while not kept and time.monotonic() < ends:
        core.processEvents()
    assert len(kept) == 1
    keeper.flush()
    assert len(kept) == 1, "nothing was typed since"
    keeper.deleteLater()


def test_the_gate_reads_along_and_staff_ticks_count(incident: IncidentViewModel) -> None:
    incident.set_narrative(TEXT)
    incident.check_now()
    assert incident.gate is not None and incident.gate.level == "CLEAR" and not incident.gate.handoff
    incident.set_flags(("SUIC",))
    incident.check_now()
    assert incident.gate.is_stop and "Stay with the student" in incident.gate.first_actions[0]
    assert set(incident.gate.handoff) >= {"Concern seen", "Do not"} and incident.gate.words == ()
    incident.set_flags(())
    incident.set_narrative("")
    incident.check_now()
    assert incident.gate is None


def test_a_deletion_is_undone(incident: IncidentViewModel, incidents: IncidentsViewModel) -> None:
    incident.set_narrative(TEXT)
    incident.save()
    told: list[tuple[str, bool]] = []
    incidents.told.connect(lambda text, can_undo: told.append((text, can_undo)))
    incidents.delete(incident.incident.id)
    assert titles(incidents) == [] and told[-1][1]
    incidents.undo()
    assert titles(incidents) == [TEXT] and not told[-1][1]
    incidents.undo()
    assert titles(incidents) == [TEXT]


def test_the_sample_incidents_can_be_added(incidents: IncidentsViewModel) -> None:
    incidents.add_samples()
    assert incidents.items.rowCount() == 30


def test_an_older_search_does_not_overtake_a_newer_one(desk: Desk, incident: IncidentViewModel) -> None:
    incident.set_narrative(TEXT)
    incident.save()

    class Late(InlineTasks):
        def __init__(self) -> None:
            self.waiting: list[Callable[[], None]] = []

        def on_store(self, work: Callable[[], T], done: Done[T], failed: Failed) -> None:
            result = work()
            self.waiting.append(lambda: done(result))

    tasks = Late()
    model = IncidentsViewModel(desk.incidents, tasks)
    model.search("xylophone")
    model.search("")
    tasks.waiting[1]()
    tasks.waiting[0]()
    assert titles(model) == [TEXT]


def test_the_last_row_of_the_table_adds_a_person(core: QCoreApplication, qtmodeltester: ModelTester) -> None:
    people = PeopleTableModel()
    edited: list[bool] = []
    people.edited.connect(lambda: edited.append(True))
    assert people.setData(people.index(0, NAME), "  Ana ") and people.rowCount() == 2
    people.setData(people.index(0, ROLE), "harmed")
    people.setData(people.index(0, GRADE), "7")
    assert people.parties() == (Party("Ana", "harmed", "7"),) and len(edited) == 3
    assert people.index(0, ROLE).data() == "Was harmed" and people.index(1, NAME).data() == "Add a person"
    people.remove(1)
    assert people.rowCount() == 2, "the empty row stays"
    qtmodeltester.check(people)
    people.remove(0)
    assert people.parties() == () and people.rowCount() == 1


def test_the_list_model_is_sound(desk: Desk, incidents: IncidentsViewModel, qtmodeltester: ModelTester) -> None:
    saved, _ = desk.incidents.save(replace(desk.incidents.blank(), narrative=TEXT))
    incidents.refresh()
    qtmodeltester.check(incidents.items)
    assert incidents.items.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == saved.title
