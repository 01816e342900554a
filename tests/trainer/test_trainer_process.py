# SPDX-License-Identifier: Apache-2.0
"""`python -m trainer` end to end: real Unsloth, TRL, llama.cpp and conversion, on a tiny model, over real pipes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from trainer_talk import CANARY, QUICK, Conversation

PHASES = ["baseline", "loading", "training", "saving", "converting", "proving", "comparing"]


def find_text(folder: Path, text: str) -> list[Path]:
    """Files below `folder` that hold the text in their name or their bytes."""
    found = []
    for path in folder.rglob("*"):
        try:
            holds = text in path.name or (path.is_file() and text.encode() in path.read_bytes())
        except OSError:
            continue  # gone between listing and reading
        if holds:
            found.append(path)
    return found


def test_three_steps_end_in_a_proven_adapter_and_leave_nothing_behind(
    trainer_process: Any, tiny_model: Path, tiny_gguf: Path
) -> None:
    talk: Conversation = trainer_process()
    talk.start(tiny_model, tiny_gguf, scenarios=range(5), evaluate=["s-4"])
    for event in talk.follow():
        if event["type"] in ("metric", "phase"):
            assert find_text(talk.temporary, CANARY) == []
    assert talk.process.wait(timeout=60) == 0, talk.of("failed")
    assert [event["seq"] for event in talk.events] == list(range(len(talk.events)))

    hello = talk.events[0]
    assert (hello["type"], hello["protocol"], len(hello["practice_sha256"])) == ("hello", 1, 64)
    assert hello["device"] in ("cpu", "cuda") and hello["module_file"].endswith(os.path.join("trainer", "__init__.py"))
    assert [event["name"] for event in talk.of("phase")] == PHASES
    assert [event["step"] for event in talk.of("metric")] == [1, 2, 3]
    first = talk.of("metric")[0]
    assert first["kl"] == pytest.approx(0.0, abs=1e-3) and -1 <= first["reward"] <= 1
    assert {"tags", "contract", "gate", "rubric", "length"} <= set(first["parts"])
    assert {event["scenario_id"] for event in talk.of("sample")} <= {"s-0", "s-1", "s-2", "s-3"}
    assert [event["when"] for event in talk.of("score")] == ["before", "after"]
    proof = talk.of("proof")[0]
    assert proof["passed"] and proof["token_ids_equal"] and proof["positions"] >= 500 and proof["nmse"] < 1e-2
    assert talk.blob("adapter.gguf").startswith(b"GGUF")
    assert talk.blob("checkpoint") and talk.blob("adapter.safetensors")
    assert talk.events[-1] | {"seconds": 0, "seq": 0} == {
        "type": "finished", "seq": 0, "steps": 3, "seconds": 0, "stopped": False}
    assert list(talk.temporary.rglob("*circlekeeper-trainer-*")) == []
    assert find_text(talk.temporary, CANARY) == []


def test_stop_and_save_then_resume_then_compare(trainer_process: Any, tiny_model: Path, tiny_gguf: Path) -> None:
    first: Conversation = trainer_process()
    first.start(tiny_model, tiny_gguf, recipe=QUICK | {"max_steps": 500, "checkpoint_every": 1000})
    for event in first.follow():
        if event["type"] == "metric" and event["step"] == 1:
            first.send("stop", mode="save")
    finished = first.events[-1]
    assert finished["type"] == "finished" and finished["stopped"] and 1 <= finished["steps"] < 500
    assert first.of("proof")[0]["passed"] and first.blob("checkpoint")

    second: Conversation = trainer_process()
    second.start(tiny_model, tiny_gguf, recipe=QUICK | {"max_steps": finished["steps"] + 2}, resume=True,
                 blobs={"checkpoint": first.blob("checkpoint")})
    assert second.finish() == 0, second.of("failed")
    assert [event["step"] for event in second.of("metric")] == [finished["steps"] + 1, finished["steps"] + 2]
    assert second.events[-1]["steps"] == finished["steps"] + 2
    assert second.blob("adapter.gguf") != first.blob("adapter.gguf")

    compared: Conversation = trainer_process()
    compared.start(tiny_model, tiny_gguf, scenarios=[3, 4], evaluate=["s-3", "s-4"], mode="evaluate",
                   samples=2, blobs={"adapter.gguf": second.blob("adapter.gguf")})
    assert compared.finish() == 0, compared.of("failed")
    keys = {(event["when"], event["scenario_id"], event["sample"]) for event in compared.of("score")}
    assert keys == {(when, name, k) for when in ("before", "after") for name in ("s-3", "s-4") for k in (0, 1)}


def test_the_end_of_stdin_saves_and_exits(trainer_process: Any, tiny_model: Path, tiny_gguf: Path) -> None:
    talk: Conversation = trainer_process()
    talk.start(tiny_model, tiny_gguf, recipe=QUICK | {"max_steps": 100_000, "checkpoint_every": 100_000})
    assert talk.process.stdin is not None
    for event in talk.follow():
        if event["type"] == "metric" and event["step"] == 1:
            talk.process.stdin.close()
    assert talk.process.wait(timeout=60) == 0
    assert talk.blob("checkpoint")
    assert talk.events[-1]["type"] == "finished" and talk.events[-1]["stopped"]


@pytest.mark.parametrize(("change", "code"), [
    ({"recipe": {"learning_rate": "fast"}}, "recipe"),
    ({"recipe": {"name": "unknown"}}, "recipe"),
    ({"evaluate": ["s-99"]}, "scenarios"),
    ({"resume": True}, "checkpoint"),
    ({"mode": "evaluate", "evaluate": ["s-1"]}, "adapter"),
    ({"assets_dir": "/nowhere"}, "practice"),
])
def test_a_job_that_cannot_be_done_fails_with_one_sentence(
    trainer_process: Any, tiny_model: Path, tiny_gguf: Path, change: dict[str, Any], code: str
) -> None:
    talk: Conversation = trainer_process()
    talk.start(tiny_model, tiny_gguf, **change)
    assert talk.finish() == 1
    failed = talk.events[-1]
    assert (failed["type"], failed["code"]) == ("failed", code)
    assert failed["sentence"].endswith(".")
    assert CANARY not in failed["sentence"] and "Traceback" not in failed["sentence"]
