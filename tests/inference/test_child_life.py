# SPDX-License-Identifier: Apache-2.0
"""The answer process is cancelled, killed, stopped and orphaned."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from known_answers import MESSAGES, TEXT, Reciting

from desktop.cancel import CancelToken
from desktop.errors import EngineError
from desktop.inference.engine import DIED, LlamaEngine
from desktop.inference.process import child_environment
from desktop.paths import code_folder
from desktop.ports import AnswerRequest

ENDLESS = AnswerRequest([{"role": "user", "content": "Maya Okonkwo-Reyes was there."}], max_tokens=30_000)
#: A machine that is busy elsewhere may delay one attempt; the best of three shows what the program does.
ATTEMPTS = 3
#: Makes the child stand still; where there is no such signal it is ended, which must be over as quickly.
HANG = getattr(signal, "SIGSTOP", signal.SIGTERM)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def cancelled_after(engine: LlamaEngine, before_cancel: int | None = None) -> float:
    """Seconds from a cancel in the middle of an endless answer to its return; `before_cancel` is sent to the child."""
    cancel, at = CancelToken(), 0.0

    def on_text(text: str) -> None:
        nonlocal at
        if not cancel.is_cancelled:
            if before_cancel is not None and engine.pid:
                os.kill(engine.pid, before_cancel)
            at = time.monotonic()
            cancel.cancel()

    result = engine.answer(ENDLESS, on_text, cancel)
    assert result.ended == "cancelled" and result.text and len(result.text) < 5000
    return time.monotonic() - at


def test_cancel_takes_at_most_a_second_and_the_next_request_works(engine: LlamaEngine, endless: Path) -> None:
    engine.load(endless)
    assert min(cancelled_after(engine) for _ in range(ATTEMPTS)) <= 1.0
    assert engine.answer(AnswerRequest(MESSAGES, max_tokens=5), lambda text: None, CancelToken()).tokens == 5


def test_a_child_that_hangs_is_ended_on_cancel(engine: LlamaEngine, endless: Path) -> None:
    engine.load(endless)
    assert min(cancelled_after(engine, HANG) for _ in range(ATTEMPTS)) <= 1.0
    assert engine.answer(AnswerRequest(MESSAGES, max_tokens=5), lambda text: None, CancelToken()).tokens == 5


def test_cancelled_before_it_begins(engine: LlamaEngine, endless: Path) -> None:
    engine.load(endless)
    cancel = CancelToken()
    cancel.cancel()
    result = engine.answer(ENDLESS, lambda text: None, cancel)
    assert (result.ended, result.text) == ("cancelled", "")


def test_a_killed_child_is_told_in_one_sentence_and_the_next_request_works(
    engine: LlamaEngine, endless: Path, reciting: Reciting
) -> None:
    engine.load(endless)
    killed = engine.pid
    assert killed

    def kill(text: str) -> None:
        if is_alive(killed):
            os.kill(killed, signal.SIGKILL)

    with pytest.raises(EngineError) as caught:
        engine.answer(ENDLESS, kill, CancelToken())
    assert str(caught.value) == DIED and caught.value.code == "engine-died"
    engine.load(reciting.path)
    assert engine.answer(AnswerRequest(MESSAGES), lambda text: None, CancelToken()).text == TEXT
    assert engine.pid not in (None, killed)


def test_a_child_killed_between_requests_is_replaced_without_a_word(engine: LlamaEngine, reciting: Reciting) -> None:
    engine.load(reciting.path)
    assert engine.pid
    os.kill(engine.pid, signal.SIGKILL)
    time.sleep(0.2)
    result = engine.answer(AnswerRequest(MESSAGES, reciting.adapter), lambda text: None, CancelToken())
    assert result.ended == "end" and result.text


def test_trouble_of_the_caller_leaves_no_old_text_to_the_next_request(engine: LlamaEngine, endless: Path) -> None:
    engine.load(endless)

    def fail(text: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        engine.answer(ENDLESS, fail, CancelToken())
    assert TEXT.startswith(engine.answer(AnswerRequest(MESSAGES, max_tokens=5), lambda text: None, CancelToken()).text)


def test_close_ends_the_child(engine: LlamaEngine, reciting: Reciting) -> None:
    engine.load(reciting.path)
    pid = engine.pid
    engine.close()
    assert pid and not is_alive(pid) and engine.pid is None


def test_the_child_does_not_outlive_an_app_that_was_killed(endless: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from pathlib import Path; from desktop.inference.engine import LlamaEngine;"
        "from desktop.ports import AnswerRequest; from desktop.cancel import CancelToken;"
        "engine = LlamaEngine(); engine.load(Path(sys.argv[2])); print(engine.pid, flush=True);"
        "request = AnswerRequest([{'role': 'user', 'content': 'x'}], max_tokens=30000);"
        "engine.answer(request, lambda text: None, CancelToken())"
    )
    app = subprocess.Popen([sys.executable, "-c", program, str(code_folder()), str(endless)], stdout=subprocess.PIPE)
    assert app.stdout
    child = int(app.stdout.readline())
    app.kill()
    app.wait()
    app.stdout.close()
    deadline = time.monotonic() + 20
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(child)


def test_nothing_of_the_incident_is_visible_from_outside(
    engine: LlamaEngine, endless: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASE_NOTE", "Maya Okonkwo-Reyes")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    engine.load(endless)
    seen: list[str] = []

    def look(text: str) -> None:
        if not seen:
            command = ["ps", "-ww", "-o", "args=", "-p", str(engine.pid)]
            seen.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            cancel.cancel()

    cancel = CancelToken()
    engine.answer(ENDLESS, look, cancel)
    assert "desktop.inference.worker" in seen[0] and "-I" in seen[0].split()
    assert "Maya" not in seen[0] and str(endless) not in seen[0]
    assert not {"CASE_NOTE", "PYTHONPATH", "HOME"} & set(child_environment())
