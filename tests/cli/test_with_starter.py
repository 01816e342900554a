# SPDX-License-Identifier: Apache-2.0
"""The command with the starter model that comes with the program: sensible answers, and all that doctor needs."""

from __future__ import annotations

import json
from pathlib import Path

from command_runs import ANSWERS, Run, one_line

from trainer.practice.contract import FULL_HEADINGS


def test_doctor_says_that_a_suggestion_can_be_made_here(circlekeeper: Run) -> None:
    done = circlekeeper("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(one_line(done.stdout))["checks"]}
    assert checks["starter model"]["ok"] and checks["engine"]["ok"], checks
    assert "8 tokens" in checks["engine"]["detail"]
    assert done.returncode == 0


def test_the_starter_writes_whole_suggestions_about_this_incident(circlekeeper: Run, tmp_path: Path) -> None:
    """A model of 5 million parameters stumbles now and then, so two of three must be whole."""
    whole = []
    for folder in ("pencil-case", "tower", "milk"):
        case = (ANSWERS / folder / "case.json").read_text(encoding="utf-8")
        path = tmp_path / "case.json"
        path.write_text(case.replace("Student A", "Maya Okonkwo").replace("Student B", "Bo"), encoding="utf-8")
        done = circlekeeper("suggest", str(path), "--json")
        found = json.loads(one_line(done.stdout))
        text = " ".join([found["reasoning"], *found["sections"].values()])
        assert done.returncode == 0 and found["model"] == "starter" and "Student A" not in text
        if not found["failures"] and tuple(found["sections"]) == FULL_HEADINGS and "Maya Okonkwo" in text:
            whole.append(found["rubric"]["total"])
    assert len(whole) >= 2 and max(whole) > 20, whole
