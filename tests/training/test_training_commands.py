# SPDX-License-Identifier: Apache-2.0
"""`train` and `compare` before any process starts: what a user can get wrong, and what a comparison prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted_runs import model_in

from desktop.cli import main
from desktop.cli.compare import table
from desktop.cli.running import duration, progress_line
from desktop.domain import run
from trainer.practice.statistics import Judged, compare


def run_command(words: list[str]) -> int:
    try:
        return main.run(words)
    except SystemExit as ended:  # argparse ends the program itself
        return int(ended.code or 0)


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [(["train", "--out", "{out}", "--recipe", "cooking"], 2, "no recipe of that name"),
     (["train", "--out", "{out}", "--recipe", "learner"], 3, "not part of this version"),
     (["train", "--out", "{out}", "--recipe", "{broken}"], 2, "not valid TOML"),
     (["train", "--out", "{out}", "--model", "nothing"], 2, "no model of that name"),
     (["train", "--out", "{out}", "--model", "{out}"], 2, "weights of the model"),
     (["train", "--out", "{out}", "--minutes", "0"], 2, "above 0"),
     (["train", "--out", "{out}", "--seed", "-1"], 2, "whole number"),
     (["train", "--out", "{out}", "--model", "{tiny}", "--resume"], 2, "to go on from"),
     (["train", "--out", "{out}/file/below"], 2, "cannot be written"),
     (["train", "--out", "{trained}", "--model", "{tiny}"], 2, "already holds a trained version"),
     (["train", "--out", "{out}", "--model", "{tiny}", "--scenarios", "{empty}"], 2, "holds no scenario"),
     (["train", "--out", "{out}", "--model", "{tiny}", "--policies", "{out}"], 2, "no .md file"),
     (["train", "--out", "{out}", "--model", "{tiny}"], 3, "CIRCLEKEEPER_TRAINER_PYTHON"),
     (["compare", "--scenarios", "{empty}", "--adapter", "x.gguf"], 2, "holds no scenario"),
     (["compare", "--scenarios", "{empty}", "--adapter", "x.gguf", "--samples", "0"], 2, "from 1 to 1000")],
)
def test_what_a_user_can_get_wrong_is_told_in_one_line(
    words: list[str], status: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CIRCLEKEEPER_TRAINER_PYTHON", str(tmp_path / "no-python"))
    named = {name: tmp_path / name for name in ("out", "trained", "empty", "broken.toml", "tiny")}
    for name in ("out", "trained"):
        named[name].mkdir()
    model_in(named["tiny"])
    for file in (named["empty"], named["out"] / "file", named["trained"] / "adapter.gguf"):
        file.touch()
    named["broken.toml"].write_text("name = ", encoding="utf-8")
    places = {name.removesuffix(".toml"): path for name, path in named.items()}
    assert run_command([word.format(**places) for word in words]) == status
    said = capsys.readouterr()
    assert sentence in said.err and said.err.count("\n") == 1 and said.out == ""
    assert not (named["out"] / "result.json").exists()


def test_the_table_names_every_measure() -> None:
    def judged(total: float, *, missed: bool) -> list[Judged]:
        return [Judged(f"s{n}", 0, total + n, True, missed, False, True, 200, {"C1": total / 25}) for n in range(15)]

    compared = compare(judged(50, missed=True), judged(70, missed=False))
    assert compared is not None
    lines = table(compared).splitlines()
    assert lines[1].split() == ["score", "of", "100", "57.0", "77.0", "+20.0"]
    assert any(line.split() == ["missed", "STOPs", "15", "0", "-15"] for line in lines)
    assert any(line.split() == ["C1", "of", "4", "2.00", "2.80", "+0.80"] for line in lines)
    assert "sign-flip p = 0.000" in lines[-2] and "15 scenarios, 30 answers" in lines[-2]


def test_progress_is_told_with_step_reward_and_time_left() -> None:
    state = run.RunState()
    for event in (run.RunRequested(), run.TrainerReady("0.1.0", "cpu"), run.PhaseEntered("training"),
                  run.StepMeasured(3, 0.625, {}, 0.0, 0.0, 0.9, 200.0, 12.0), run.StepsDone(3, 64, 36.0, 732.0)):
        state = run.reduce(state, event)
    assert progress_line(state).split(" · ") == ["  step 3 of 64", "reward 0.625", "valid 90%", "12 min left"]
    assert [duration(seconds) for seconds in (40, 90, 3900)] == ["40 s", "2 min", "1 h 05 min"]
