# SPDX-License-Identifier: Apache-2.0
"""A run's process with the scripted trainer: what it is given, how it ends, and that nothing of it stays."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.domain import run
from desktop.domain.run import RunEvent
from desktop.errors import TrainerError
from desktop.tasks import in_background
from desktop.training.environment import FOLDERS, OFFLINE, PASSED_ON, PYTHON_VARIABLE, PrivateFolder, find_python, sweep
from desktop.training.process import Patience, TrainingProcess
from trainer.protocol import Message, ScenarioLine, Start, Warning_

HERE = Path(__file__).resolve().parent
SCRIPTED, SILENT = HERE / "scripted_trainer.py", HERE / "silent_trainer.py"
QUICK = Patience(hello_s=60.0, save_s=60.0, now_s=0.5, polite_s=0.5)


def job(script: str, **recipe: Any) -> list[Message]:
    return [
        ScenarioLine({"id": "s", "split": "train", "family": "01-a", "category": 1, "severity": 1,
                      "case": {"narrative": "Student A pushed Student B."}, "gold": {"level": "CLEAR"}}),
        Start({"script": script, **recipe}, "/m", "/m/base.gguf", "/a", 1, 0.0, False, ()),
    ]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "runtime"
    folder.mkdir()
    return folder


@pytest.fixture
def new_process(base: Path) -> Callable[..., TrainingProcess]:
    def make(launcher: Path = SCRIPTED, patience: Patience = QUICK) -> TrainingProcess:
        return TrainingProcess(Path(sys.executable), "scripted", in_background, launcher=launcher, base_folder=base,
                               patience=patience)

    return make


def finish(process: TrainingProcess, messages: list[Message], stop_at: Callable[[RunEvent], str | None] | None = None
           ) -> list[RunEvent]:
    events: list[RunEvent] = []

    def take(event: RunEvent) -> None:
        events.append(event)
        mode = stop_at(event) if stop_at else None
        if mode:
            process.stop(mode)

    process.run(messages, take)
    return events


def told(events: list[RunEvent], name: str) -> str:
    return next(e.text for e in events if isinstance(e, run.AnswerSampled) and e.scenario_id == name)


def is_alive(pid: int) -> bool:
    """True while the process runs; one that ended and was not collected yet (a zombie) has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_run_reports_everything_and_leaves_nothing(new_process: Callable[..., TrainingProcess], base: Path) -> None:
    process = new_process()
    events = finish(process, job("happy"))
    assert [type(event) for event in events][:2] == [run.TrainerReady, run.PhaseEntered]
    assert isinstance(events[-1], run.RunFinished)
    assert sum(isinstance(event, run.StepMeasured) for event in events) == 3
    assert list(base.iterdir()) == []
    assert any("a library prints" in line for line in process.last_words())


def test_the_environment_is_the_allow_list_and_nothing_else(
    new_process: Callable[..., TrainingProcess], base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("MY_API_KEY", "secret")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("LD_PRELOAD_LATER", "x")
    seen = json.loads(told(finish(new_process(), job("surroundings")), "surroundings"))
    environ = seen["environ"]
    ours = {"USER", "USERNAME", "TOKENIZERS_PARALLELISM", "LD_LIBRARY_PATH", "LC_CTYPE"}
    assert set(environ) <= {*PASSED_ON, *OFFLINE, *FOLDERS, *ours} and "CI" not in environ
    assert {name: environ[name] for name in OFFLINE} == OFFLINE
    private = Path(seen["cwd"])
    assert private.parent == base.resolve() and stat.S_IMODE(seen["mode"]) == 0o700
    assert all(Path(environ[name]).parent == private for name in FOLDERS)
    assert seen["isolated"] == 1 and seen["utf8"] == 1 and seen["group_leader"] and seen["stdin"] == ""
    assert seen["argv"][1:] == ["-I", "-X", "utf8", str(SCRIPTED)]


def test_stop_and_save_brings_the_checkpoint(new_process: Callable[..., TrainingProcess]) -> None:
    events = finish(new_process(), job("patient"), lambda e: "save" if isinstance(e, run.StepMeasured) else None)
    assert any(isinstance(event, run.StopAsked) and event.mode == "save" for event in events)
    (checkpoint,) = (event for event in events if isinstance(event, run.ArtifactReceived))
    assert checkpoint.name == "checkpoint" and checkpoint.data.startswith(b"state of step")
    assert isinstance(events[-1], run.RunFinished) and events[-1].stopped


def test_a_trainer_that_does_not_stop_is_ended_with_its_children(new_process: Callable[..., TrainingProcess]) -> None:
    process = new_process(patience=Patience(save_s=0.5, polite_s=0.5))
    events = finish(process, job("deaf"), lambda e: "save" if isinstance(e, run.AnswerSampled) else None)
    assert isinstance(events[-1], run.RunFailed) and events[-1].code == "trainer-late"
    assert not is_alive(int(told(events, "grandchild")))


def test_now_means_now(new_process: Callable[..., TrainingProcess]) -> None:
    started = time.monotonic()
    events = finish(new_process(), job("deaf"), lambda e: "now" if isinstance(e, run.AnswerSampled) else None)
    assert isinstance(events[-1], run.RunFinished) and events[-1].stopped
    assert time.monotonic() - started < 20 and not is_alive(int(told(events, "grandchild")))


@pytest.mark.parametrize(("script", "code"), [("killed", "trainer-killed"), ("crashed", "trainer-stopped"),
                                              ("garbage", "trainer-protocol")])
def test_a_run_that_breaks_is_told_and_cleared(
    script: str, code: str, new_process: Callable[..., TrainingProcess], base: Path
) -> None:
    events = finish(new_process(patience=Patience(exit_s=1.0, polite_s=0.5)), job(script))
    assert isinstance(events[-1], run.RunFailed) and events[-1].code == code
    assert sum(isinstance(event, run.RunFailed) for event in events) == 1
    assert list(base.iterdir()) == []


def test_stderr_is_kept_short(new_process: Callable[..., TrainingProcess]) -> None:
    process = new_process()
    finish(process, job("crashed"))
    words = process.last_words()
    assert len(words) <= 200 and max(map(len, words)) <= 400 and words[-1] == "the last words"


def test_a_trainer_that_never_answers_is_given_up(new_process: Callable[..., TrainingProcess], base: Path) -> None:
    process = new_process(SILENT, Patience(hello_s=1.0, polite_s=0.5))
    many = [Warning_("x" * 500_000) for _ in range(4)]  # more than a pipe holds, so writing blocks as well
    events = finish(process, [*many, *job("happy")])
    assert [type(event) for event in events] == [run.RunFailed]
    assert isinstance(events[0], run.RunFailed) and events[0].code == "trainer-stuck"
    assert list(base.iterdir()) == []


def test_what_cannot_be_sent_is_refused_before_anything_starts(new_process: Callable[..., TrainingProcess]) -> None:
    with pytest.raises(TrainerError, match="1 MiB"):
        finish(new_process(), [Warning_("x" * 2**20)])


def test_a_consumer_that_fails_leaves_no_process(new_process: Callable[..., TrainingProcess], base: Path) -> None:
    pids: list[int] = []

    def take(event: RunEvent) -> None:
        if isinstance(event, run.AnswerSampled):
            pids.append(int(event.text))
            raise RuntimeError("a page broke")

    with pytest.raises(RuntimeError):
        new_process().run(job("deaf"), take)
    assert not is_alive(pids[0]) and list(base.iterdir()) == []


def test_the_trainer_does_not_outlive_an_app_that_was_killed(tmp_path: Path) -> None:
    """The app's side is a process of its own here; its end closes the trainer's stdin."""
    app = subprocess.Popen(
        [sys.executable, "-c",
         "import subprocess, sys, time\n"
         "child = subprocess.Popen([sys.executable, sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
         "child.stdout.readline()\nprint(child.pid, flush=True)\ntime.sleep(600)", str(SCRIPTED)],
        stdout=subprocess.PIPE, text=True,
    )
    assert app.stdout is not None
    trainer_pid = int(app.stdout.readline())
    app.kill()
    app.wait()
    deadline = time.monotonic() + 10
    while is_alive(trainer_pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(trainer_pid)


def test_folders_of_killed_runs_are_swept_and_living_ones_are_not(base: Path) -> None:
    living = PrivateFolder(base)
    with PrivateFolder(base) as left:
        abandoned = base / "circlekeeper-training-abandoned"
        abandoned.mkdir()
        (abandoned / "in-use").touch()
        (abandoned / "cache.txt").write_text("text of a scenario", encoding="utf-8")
        (base / "circlekeeper-training-link").symlink_to(living.path)
        (base / "another-program").mkdir()
        sweep(base)
        assert not abandoned.exists() and left.exists() and living.path.exists() and (base / "another-program").exists()
    assert not left.exists()
    living.wipe()
    assert not living.path.exists()


def test_the_python_of_the_trainer_can_be_named(tmp_path: Path) -> None:
    installed = tmp_path / "python"
    assert find_python(installed, {}) == installed
    assert find_python(installed, {PYTHON_VARIABLE: sys.executable}) == Path(sys.executable)
    missing = str(tmp_path / "no")
    wrong = [({PYTHON_VARIABLE: "python"}, installed), ({PYTHON_VARIABLE: missing}, installed), ({}, None)]
    for environ, given in wrong:
        with pytest.raises(TrainerError) as caught:
            find_python(given, environ)
        assert caught.value.code == "trainer-missing"


def test_a_python_that_cannot_run_is_told(base: Path) -> None:
    process = TrainingProcess(base / "missing", "scripted", in_background, launcher=SCRIPTED, base_folder=base)
    with pytest.raises(TrainerError) as caught:
        process.run(job("happy"), lambda event: None)
    assert caught.value.code == "trainer-start" and os.listdir(base) == []
