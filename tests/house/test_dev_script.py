# SPDX-License-Identifier: Apache-2.0
"""packaging/dev.py as it is started: what it does nothing about, what it says, how it goes on after a stop."""

from __future__ import annotations

import ast
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from small_checkout import SmallCheckout
from source_tree import ROOT

from devtools import setup, stamp, system, testing
from devtools.exclusive import exclusive
from devtools.layout import Layout

# The goal, of processor time, which a busy machine does not stretch; the figure itself is some 0.2 s (tests/bench).
SECOND_START_S = 2.0


def test_second_start_does_nothing_and_is_quick(small_checkout: SmallCheckout) -> None:
    small_checkout.make_ready()
    before = _contents(small_checkout.root)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = small_checkout.start("setup")
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime <= SECOND_START_S
    assert (done.returncode, done.stdout) == (0, "Nothing to do: .venv and .venv-trainer are up to date.\n")
    assert _contents(small_checkout.root) == before


def _contents(root: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in root.rglob("*") if "__pycache__" not in path.parts}


@pytest.mark.parametrize("lock", ["app.txt", "dev-app.txt", "trainer-cpu.txt", "dev-trainer.txt", "llama.txt"])
def test_a_changed_lock_is_work_to_do(small_checkout: SmallCheckout, lock: str) -> None:
    layout = Layout(small_checkout.root)
    before = (setup.app_key(layout), setup.trainer_key(layout))
    layout.lock(lock).write_text(layout.lock(lock).read_text("utf-8") + "extra==1.0\n", "utf-8")
    assert (setup.app_key(layout), setup.trainer_key(layout)) != before


def test_a_stamp_is_whole_or_not_there(tmp_path: Path) -> None:
    path, key = tmp_path / "stamp", stamp.key_of(["a", "b"])
    assert not stamp.fits(path, key)
    stamp.write(path, key)
    assert stamp.fits(path, key) and not stamp.fits(path, stamp.key_of(["ab"]))
    path.write_text(key[:20], "ascii")
    assert not stamp.fits(path, key)
    stamp.remove(path)
    stamp.remove(path)
    assert list(tmp_path.iterdir()) == []


def test_missing_compiler_is_one_line_that_brings_it(small_checkout: SmallCheckout, tmp_path: Path) -> None:
    """With a PATH that holds neither a compiler nor apt-get."""
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    done = small_checkout.start("setup", env={"PATH": str(nothing), "CXX": ""})
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1
    assert "g++" in done.stderr


def test_missing_libraries_are_named_as_packages() -> None:
    assert system.missing_for_window(set(system.WINDOW_LIBRARIES)) in ([], ["fonts-dejavu-core"])
    known = set(system.WINDOW_LIBRARIES) - {"libEGL.so.1", "libxcb-cursor.so.0"}
    assert system.missing_for_window(known)[:2] == ["libegl1", "libxcb-cursor0"]


def test_without_a_display_the_demo_is_offered(small_checkout: SmallCheckout) -> None:
    small_checkout.make_ready()
    done = small_checkout.start("run", env={"DISPLAY": "", "WAYLAND_DISPLAY": ""})
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1
    assert "run --headless-demo" in done.stderr


@pytest.mark.parametrize("minutes", ["0", "-3", "nan", "1000", "soon"])
def test_minutes_must_be_minutes(small_checkout: SmallCheckout, minutes: str) -> None:
    done = small_checkout.start("run", "--headless-demo", f"--minutes={minutes}")
    assert done.returncode == 2 and "minutes" in done.stderr


def test_an_old_interpreter_can_read_the_command() -> None:
    """It must get as far as saying which Python is needed."""
    source = (ROOT / "packaging" / "dev.py").read_text("utf-8")
    old = source.replace(" -> argparse.ArgumentParser", "").replace(" -> float", "").replace(" -> int", "")
    assert "needs Python 3.11" in ast.unparse(ast.parse(old, feature_version=(3, 4)))


def test_stopping_ends_what_was_started(tmp_path: Path) -> None:
    """Ctrl+C ends the long command too, and says nothing of a traceback's length to the terminal."""
    told = tmp_path / "pid"
    child = f"import os, pathlib, time; pathlib.Path({str(told)!r}).write_text(str(os.getpid())); time.sleep(60)"
    log = tmp_path / "log"
    program = f"import sys, pathlib; from devtools import console\nconsole.step('it', '1 s', [sys.executable, '-c', " \
              f"{child!r}], pathlib.Path({str(log)!r}))"
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "packaging")}
    process = subprocess.Popen(
        [sys.executable, "-c", program], env=variables, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job is born ignoring it
    )
    _until(lambda: told.exists() and told.read_text() != "")
    process.send_signal(signal.SIGINT)
    assert process.wait(20) != 0
    _until(lambda: not _is_alive(int(told.read_text())))


def _until(condition: Callable[[], bool], limit_s: float = 20.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.05)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_second_setup_waits_for_the_first(tmp_path: Path) -> None:
    lock = tmp_path / "setup.lock"
    program = "import pathlib; from devtools.exclusive import exclusive\n"
    program += f"with exclusive(pathlib.Path({str(lock)!r})): pass"
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "packaging")}
    with exclusive(lock):
        process = subprocess.Popen([sys.executable, "-c", program], env=variables, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert "waiting" in process.stdout.readline()
        assert process.poll() is None
    assert process.wait(20) == 0


def test_each_test_runs_in_the_environment_it_belongs_to() -> None:
    layout = Layout(ROOT)
    both = testing.plan(layout, ["-q", "-k", "word"])
    assert [(folder.name, chosen) for _, folder, chosen in both] == [
        (".venv", ["-q", "-k", "word", "tests", "--ignore=tests/trainer"]),
        (".venv-trainer", ["-q", "-k", "word", "tests/trainer"]),
    ]
    one = testing.plan(layout, ["tests/house/test_dev_script.py::test_x", "-x"])
    assert [folder.name for _, folder, _ in one] == [".venv"]


def test_the_outcome_of_two_runs() -> None:
    empty = testing.NOTHING_COLLECTED
    assert testing.judge({"app": 0, "trainer": 0}, filtered=False) == 0
    assert testing.judge({"app": 0, "trainer": 1}, filtered=False) == 1
    assert testing.judge({"app": 0, "trainer": empty}, filtered=True) == 0
    assert testing.judge({"app": 0, "trainer": empty}, filtered=False) == empty
    assert testing.judge({"app": empty, "trainer": empty}, filtered=True) == empty


def test_bench_prints_a_table_with_the_machine(small_checkout: SmallCheckout) -> None:
    small_checkout.make_ready()
    folder = small_checkout.root / "tests" / "bench"
    folder.mkdir(parents=True)
    bench = "import sys\ndef main():\n    print('length', len(sys.argv), 'words', sep='\\t')\nmain()\n"
    (folder / "one.py").write_text(bench)
    (folder / "made_data.py").write_text("print('no bench', 1, 'x', sep='\\t')\n")
    done = small_checkout.start("bench", "--long")
    assert done.returncode == 0, done.stderr
    assert "| length | 2 | words |" in done.stdout and "no bench" not in done.stdout
    assert "cores" in done.stdout.splitlines()[0]
