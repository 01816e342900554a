# SPDX-License-Identifier: Apache-2.0
"""`circlekeeper suggest`, run as a user runs it, with the real llama.cpp."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_runs import ANSWERS, Run, one_line

from desktop.paths import code_folder
from trainer.practice.contract import FULL_HEADINGS, HANDOFF_HEADINGS

HANGS_UP = getattr(signal, "SIGINT", signal.SIGTERM)


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "Conduct.md").write_text((ANSWERS / "policy.md").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def test_json_is_one_object_with_everything(
    circlekeeper: Run, named_case: Path, reciting_model: Path, policies: Path
) -> None:
    options = ("--policies", str(policies), "--model", str(reciting_model), "--json")
    done = circlekeeper("suggest", str(named_case), *options)
    found = json.loads(one_line(done.stdout))
    assert done.returncode == 0 and found["gate"]["level"] in ("CLEAR", "CAUTION")
    assert tuple(found["sections"]) == FULL_HEADINGS and "Maya Okonkwo" in found["reasoning"]
    assert "Student A" not in done.stdout and "Maya" not in done.stderr
    assert [(item["id"], item["supported"]) for item in found["citations"]] == [("conduct-1", True)]
    assert 50 < found["rubric"]["total"] <= 100 and 0 <= found["rubric"]["C1"] <= 4
    assert (found["model"], found["adapter"], found["failures"], found["discarded"]) == ("reciting", None, [], [])
    assert found["timing"]["tokens"] > 100 and 0 < found["timing"]["first_token_s"] <= found["timing"]["seconds"]


def test_plain_output_has_gate_reasoning_and_sections_and_progress_apart(
    circlekeeper: Run, named_case: Path, reciting_model: Path, policies: Path
) -> None:
    done = circlekeeper("suggest", str(named_case), "--policies", str(policies), "--model", str(reciting_model))
    assert done.returncode == 0 and done.stdout.startswith("Safety gate: ")
    places = [done.stdout.index(f"\n{heading}\n---") for heading in ("Reasoning", *FULL_HEADINGS)]
    assert places == sorted(places) and "Maya Okonkwo" in done.stdout and "Rubric: " in done.stdout
    assert "Policy passages: conduct-1" in done.stderr and "tokens in" in done.stderr
    assert "Maya" not in done.stderr and "tokens in" not in done.stdout


def test_under_stop_the_hand_off_and_no_model(circlekeeper: Run, tmp_path: Path) -> None:
    case = str(ANSWERS / "goodbye" / "case.json")
    found = json.loads(one_line(circlekeeper("suggest", case, "--json").stdout))
    assert found["gate"]["level"] == "STOP" and found["model"] is None and found["rubric"] is None
    assert tuple(found["sections"]) == HANDOFF_HEADINGS and all(found["sections"].values())
    plain = circlekeeper("suggest", "-", stdin=Path(case).read_text(encoding="utf-8"))
    assert plain.returncode == 0 and plain.stdout.startswith("Safety gate: STOP (SUIC)")
    assert [plain.stdout.index(heading) for heading in HANDOFF_HEADINGS]


@pytest.mark.parametrize(("content", "words"), [
    ("{", "not valid JSON"), ("[]", "must be a JSON object"), ('{"narrative": " "}', "must not be empty"),
    ('{"narrative": "x", "grade_band": "13"}', "grade_band"),
    ('{"narrative": "' + "x" * 20_001 + '"}', "20,000 characters"),
    ('{"narrative": "x", "accounts": [{"party": "Zed", "text": "y"}]}', "not among"),
])
def test_a_bad_case_is_one_line_and_status_2(circlekeeper: Run, content: str, words: str) -> None:
    done = circlekeeper("suggest", "-", stdin=content)
    assert (done.returncode, done.stdout) == (2, "") and words in one_line(done.stderr)


@pytest.mark.parametrize(("options", "words"), [
    (("--model", "no-such"), "no model of that name"), (("--model", "gone.gguf"), "could not be read"),
    (("--adapter", "gone.gguf"), "could not be read"), (("--policies", "gone"), "holds no .md file"),
    (("--temperature", "1"), "unrecognized arguments"),
])
def test_bad_options_are_one_line_and_status_2(
    circlekeeper: Run, named_case: Path, options: tuple[str, ...], words: str
) -> None:
    done = circlekeeper("suggest", str(named_case), *options)
    assert (done.returncode, done.stdout) == (2, "") and words in one_line(done.stderr)


def test_an_adapter_for_another_model_is_told(
    circlekeeper: Run, named_case: Path, reciting_model: Path, tmp_path: Path
) -> None:
    import tiny_gguf

    tiny_gguf.adapter_bytes(tmp_path / "other.gguf", "A much shorter text than the model's own.", "")
    done = circlekeeper("suggest", str(named_case), "--model", str(reciting_model), "--adapter",
                        str(tmp_path / "other.gguf"), "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "This trained version does not fit the model; train again with this model."


def test_interrupted_it_ends_cleanly_and_soon(named_case: Path, tmp_path: Path) -> None:
    import tiny_gguf

    tiny_gguf.write_model(tmp_path / "endless.gguf", "<reasoning>\nOn and on it goes, ", loop=True, context=32_768)
    command = [sys.executable, "-m", "desktop", "suggest", str(named_case), "--model", str(tmp_path / "endless.gguf")]
    with subprocess.Popen(command, cwd=code_folder(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={**os.environ, "PYTHONUNBUFFERED": "1"}) as running:
        assert running.stdout and running.stderr
        while "goes" not in running.stdout.readline():
            assert running.poll() is None
        started = time.monotonic()
        running.send_signal(HANGS_UP)
        _, stderr = running.communicate(timeout=60)
    assert running.returncode == 130 and stderr.splitlines()[-1] == "Cancelled."
    assert "Traceback" not in stderr and time.monotonic() - started < 30
