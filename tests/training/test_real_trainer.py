# SPDX-License-Identifier: Apache-2.0
"""The app with the real trainer: Unsloth, TRL and llama.cpp on a tiny random model, as a service and as commands."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scripted_runs import CANARY, files_with, scenario

from desktop import paths, wiring
from desktop.domain import run
from desktop.services.training import TrainableModel, TrainingRequest
from desktop.training.environment import find_python
from trainer.practice.citations import Passage

ROOT = Path(__file__).resolve().parents[2]
QUICK: dict[str, Any] = {
    "prompts_per_step": 2, "answers_per_prompt": 2, "answers_per_pass": 2, "max_completion_tokens": 24, "max_steps": 3,
    "checkpoint_every": 100, "precision": "float32", "lora_rank": 4, "lora_alpha": 8, "learning_rate": 1e-2,
    "minutes": 0.0,
}
PATIENCE_S = 900


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TrainableModel:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    python = find_python(paths.trainer_python(), os.environ)
    subprocess.run([python, Path(__file__).with_name("tiny_model.py"), folder], check=True, timeout=PATIENCE_S)
    return TrainableModel("tiny", folder, folder / "tiny.gguf")


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the private folders of this test's runs are made."""
    folder = tmp_path / "runtime"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.delenv("CI", raising=False)
    return folder


def test_three_real_steps_give_a_proved_adapter_and_leave_nothing(
    tiny: TrainableModel, tmp_path: Path, runtime: Path
) -> None:
    wanted = TrainingRequest(
        tiny, [scenario(number) for number in range(5)], [Passage("conduct-1", "Fights", "Both sides are heard.")],
        recipe=QUICK, held_out=[scenario(number, "test") for number in range(2)], samples=2, seed=3,
    )
    seen: list[int] = []
    result = wiring.training_service().train(
        wanted, lambda state, event: seen.append(len(files_with(tmp_path, CANARY)))
        if isinstance(event, run.StepMeasured | run.PhaseEntered) else None)
    assert result.state.failure is None and result.state.status == run.DONE
    assert [step.step for step in result.state.history] == [1, 2, 3]
    assert result.state.is_proven and result.adapter is not None and result.adapter[:4] == b"GGUF"
    assert result.weights and result.state.libraries["unsloth"] != "missing"
    assert result.comparison is not None and (result.comparison.scenarios, result.comparison.answers) == (2, 8)
    assert max(seen) == 0 and files_with(tmp_path, CANARY) == [] and list(runtime.iterdir()) == []


def command(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "desktop", *map(str, words)], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_the_commands_train_stop_go_on_and_compare(tiny: TrainableModel, tmp_path: Path, runtime: Path) -> None:
    out, scenarios, policies, recipe = (tmp_path / name for name in ("out", "s.jsonl", "policies", "recipe.toml"))
    scenarios.write_text("\n".join(scenario(number).to_line() for number in range(5)), encoding="utf-8")
    policies.mkdir()
    (policies / "conduct.md").write_text("# 1 Fights\nBoth sides are heard.\n", encoding="utf-8")
    write_recipe(recipe, max_steps=5000)
    train = ["train", "--model", tiny.folder, "--scenarios", scenarios, "--policies", policies, "--recipe", recipe,
             "--seed", 5, "--out", out]

    process = command(*train)
    said = interrupt_when(process, "step 1")
    assert process.wait(PATIENCE_S) == 0, said
    stopped = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert stopped["status"] == "stopped" and 1 <= stopped["steps"] < 5000
    assert stat.S_IMODE((out / "checkpoint.safetensors").stat().st_mode) == 0o600

    write_recipe(recipe, max_steps=stopped["steps"] + 2)
    process = command(*train, "--resume")
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said
    done = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert (done["status"], done["steps"], done["resumed"], done["seed"]) == ("done", stopped["steps"] + 2, True, 5)
    assert done["proof"]["passed"] and done["scenarios"]["count"] == 5 and not (out / "checkpoint.safetensors").exists()
    assert CANARY not in (out / "result.json").read_text(encoding="utf-8")

    process = command("compare", "--model", tiny.folder, "--scenarios", scenarios, "--policies", policies, "--recipe",
                      recipe, "--adapter", out / "adapter.gguf", "--samples", 2, "--json")
    printed, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, said
    assert (json.loads(printed)["scenarios"], json.loads(printed)["answers"]) == (5, 20)
    assert list(runtime.iterdir()) == []


def write_recipe(path: Path, **changes: Any) -> None:
    path.write_text("\n".join(f"{name} = {json.dumps(value)}" for name, value in {**QUICK, **changes}.items()))


def interrupt_when(process: subprocess.Popen[str], words: str) -> str:
    """Press Ctrl+C once when the progress says the words; returns everything that was said."""
    assert process.stderr is not None
    said, is_pressed = "", False
    for line in process.stderr:
        said += line
        if words in line and not is_pressed:
            is_pressed = True
            process.send_signal(signal.SIGINT)
    assert is_pressed, said
    return said
