# SPDX-License-Identifier: Apache-2.0
"""`circlekeeper gate`: texts, cases, lists, and what is none of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_runs import ANSWERS, Run, one_line

DANGER = "She said she wants to kill herself tonight."


def test_a_case_a_text_and_standard_input_agree(circlekeeper: Run, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(DANGER, encoding="utf-8")
    (tmp_path / "case.json").write_text(json.dumps({"narrative": DANGER}), encoding="utf-8")
    runs = [
        circlekeeper("gate", str(tmp_path / "note.txt"), "--json"),
        circlekeeper("gate", str(tmp_path / "case.json"), "--json"),
        circlekeeper("gate", "-", "--json", stdin=DANGER),
        circlekeeper("gate", "-", "--json", stdin=json.dumps({"narrative": DANGER})),
    ]
    results = [json.loads(one_line(run.stdout)) for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0, 0] and [run.stderr for run in runs] == [""] * 4
    assert all(result == results[0] for result in results)
    assert results[0]["level"] == "STOP" and results[0]["codes"][0] == "SUIC"
    assert set(results[0]["fired"][0]) == {"code", "rule", "words"}


def test_plain_output_says_why(circlekeeper: Run) -> None:
    done = circlekeeper("gate", str(ANSWERS / "goodbye" / "case.json"))
    assert done.returncode == 0 and done.stdout.startswith("Safety gate: STOP (SUIC)\n  SUIC ")
    assert "not a promise of safety" in circlekeeper("gate", "-", stdin="They talked about lunch.").stdout


def test_a_list_gives_a_line_each_with_its_id(circlekeeper: Run, tmp_path: Path) -> None:
    lines = [{"id": "a", "text": "They talked about lunch.", "grade_band": "6-8"}, {"id": 7, "text": DANGER}]
    text = "\n".join(json.dumps(line) for line in lines) + "\n\n"
    (tmp_path / "texts.jsonl").write_text(text, encoding="utf-8")
    done = circlekeeper("gate", str(tmp_path / "texts.jsonl"), "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(item["id"], item["level"]) for item in found] == [("a", "CLEAR"), (7, "STOP")]
    assert circlekeeper("gate", "-", stdin=text).stdout == done.stdout


@pytest.mark.parametrize(("name", "content", "words"), [
    ("case.json", b"{", "not valid JSON"), ("case.json", b"{}", "narrative"), ("note.txt", b"  \n", "empty"),
    ("note.txt", b"\xff\xfe\x00", "not UTF-8"), ("texts.jsonl", b'{"id": 1}\n', "Line 1 must be"),
    ("texts.jsonl", b'{"id": 1, "text": "x", "grade_band": "13"}\n', "Line 1"), ("gone.txt", None, "no file gone.txt"),
])
def test_bad_input_is_one_line_and_status_2(
    circlekeeper: Run, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = circlekeeper("gate", str(tmp_path / name), "--json")
    assert (done.returncode, done.stdout) == (2, "") and words in one_line(done.stderr)
