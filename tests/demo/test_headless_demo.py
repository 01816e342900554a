# SPDX-License-Identifier: Apache-2.0
"""The demonstration without a screen: an incident that the model may answer, and figures that are told rightly."""

from __future__ import annotations

import pytest

from desktop import paths, wiring
from desktop.cli import demo
from desktop.cli.main import run
from desktop.cli.reading import read_policies, read_text
from desktop.domain.run import ConversionProved, PhaseEntered, RunRequested, RunState, reduce
from desktop.services.suggestion import SuggestionOutcome
from desktop.services.training import TrainingResult
from desktop.services.training_inputs import sample_policies_folder
from trainer.practice import gate
from trainer.practice.case import parse_case_json
from trainer.practice.retrieval import case_query, retrieve
from trainer.practice.rubric.result import RubricScore


def test_its_incident_goes_to_the_model_with_policies() -> None:
    """Under STOP nothing would be generated, and nothing could be compared."""
    incident = paths.assets_folder() / "sample-school" / "incidents" / demo.INCIDENT
    case = parse_case_json(read_text(str(incident)))
    assert gate.check_case(wiring.practice().gate, case).level == "CLEAR"
    passages = read_policies(str(sample_policies_folder(paths.assets_folder())))
    assert retrieve(case_query(case), passages)


def _outcome(total: float | None) -> SuggestionOutcome:
    rubric = None if total is None else RubricScore({}, (), total, ())
    return SuggestionOutcome(gate.check(wiring.practice().gate, "They argued."), "CLEAR", rubric=rubric)


def test_the_summary_tells_both_scores_and_what_one_incident_is_worth() -> None:
    state = RunState()
    for event in (RunRequested("train"), PhaseEntered("training"), ConversionProved(True, 480, 2e-6, 0.01, 1.0, True)):
        state = reduce(state, event)
    before, after = [_outcome(60.0), _outcome(None)], [_outcome(80.0), _outcome(90.0)]
    told = demo.summary(TrainingResult(state, "0" * 64), before, after)
    assert "30.0 before, 85.0 after" in told, "an answer that is not shown counts nothing"
    assert "60.0 and 80.0" in told
    assert "480 positions" in told
    assert "circlekeeper compare" in told


@pytest.mark.parametrize("minutes", ["0", "nan", "9999", "soon"])
def test_minutes_must_be_minutes(minutes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["demo", f"--minutes={minutes}"])
    assert ended.value.code == 2
    assert "minutes" in capsys.readouterr().err
