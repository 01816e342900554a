# SPDX-License-Identifier: Apache-2.0
"""The service over real processes and a real vault: what is handed over, what is kept, what stays nowhere."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from scripted_runs import CANARY, files_with, model_in, request, scenario, scripted_service
from scripted_trainer import ADAPTER

from desktop.domain import run
from desktop.domain.run import RunEvent, RunState
from desktop.errors import TrainerError
from desktop.secrets.passphrase import Argon2Cost
from desktop.services.training import NEW_MISSED_STOP, TrainableModel, TrainingRequest, TrainingResult, keep
from desktop.store.vault import Vault

CHEAP = Argon2Cost(memory_kib=64, passes=1, lanes=1)


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runtime"
    folder.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


@pytest.fixture
def model(tmp_path: Path, runtime: Path) -> TrainableModel:
    return model_in(tmp_path / "model")


def train(wanted: TrainingRequest, stop_after_steps: int = 10**9) -> TrainingResult:
    service = scripted_service()

    def watch(state: RunState, event: RunEvent) -> None:
        if state.steps >= stop_after_steps:
            service.stop("save")

    return service.train(wanted, watch)


def test_a_proved_run_hands_over_its_adapter_and_its_figures(model: TrainableModel) -> None:
    held_out = [scenario(number, "test") for number in range(6)]
    result = train(request(model, "happy", held_out=held_out, samples=2, seed=9))
    assert result.state.status == run.DONE and result.adapter == ADAPTER and result.checkpoint is None
    assert result.comparison is not None and result.comparison.gain == 20.0 and result.comparison.answers == 24
    told = json.loads(result.state.samples[0].text)
    assert told == {"scenarios": 11, "passages": 1, "evaluate": [f"test-{n}" for n in range(6)], "checkpoint": "",
                    "resume": False, "seed": 9, "model_dir": str(model.folder), "assets_dir": told["assets_dir"]}
    assert Path(told["assets_dir"], "practice", "gate.toml").is_file()
    figures = json.loads(json.dumps(result.figures()))
    assert figures["adapter_sha256"] == hashlib.sha256(ADAPTER).hexdigest()
    assert figures["base_sha256"] == hashlib.sha256(b"GGUF").hexdigest()
    assert len(figures["metrics"]) == 3 and figures["comparison"]["p_value"] == 2 / 64
    assert CANARY not in json.dumps(figures)


def test_nothing_of_a_run_stays_on_the_disk(model: TrainableModel, tmp_path: Path, runtime: Path) -> None:
    train(request(model, "happy"))
    assert list(runtime.iterdir()) == [] and files_with(tmp_path, CANARY) == []


@pytest.mark.parametrize("script", ["bad_proof", "killed", "garbage"])
def test_without_a_passed_proof_there_is_no_adapter(model: TrainableModel, script: str) -> None:
    result = train(request(model, script))
    assert result.state.status == run.FAILED and result.adapter is None and result.weights is None


def test_one_new_missed_stop_rejects_the_version(model: TrainableModel) -> None:
    held_out = [scenario(1, "test")]
    result = train(request(model, "happy", held_out=held_out, recipe={"misses": True}))
    assert result.state.status == run.DONE and result.adapter is None and result.rejection == NEW_MISSED_STOP


def test_a_stopped_run_goes_on_from_its_checkpoint(model: TrainableModel) -> None:
    stopped = train(request(model, "patient"), stop_after_steps=3)
    assert stopped.state.status == run.STOPPED and stopped.adapter is None
    assert stopped.checkpoint is not None and stopped.checkpoint.startswith(b"state of step")
    resumed = train(request(model, "happy", checkpoint=stopped.checkpoint))
    told = json.loads(resumed.state.samples[0].text)
    assert told["resume"] is True and told["checkpoint"] == stopped.checkpoint.decode()


def test_a_comparison_uses_the_adapter_and_trains_nothing(model: TrainableModel) -> None:
    held_out = [scenario(number, "test") for number in range(4)]
    wanted = request(model, "evaluate", scenarios=(), held_out=held_out, samples=3)
    comparison, state = scripted_service().compare(wanted, ADAPTER, lambda state, event: None)
    assert comparison is not None and (comparison.scenarios, comparison.answers) == (4, 24)
    assert state.status == run.DONE and state.purpose == "evaluate"


def test_what_cannot_be_trained_on_is_refused_before_a_process_starts(model: TrainableModel) -> None:
    twice = [scenario(1), scenario(1)]
    for wanted, code in ((request(model, "happy", scenarios=()), "no-scenarios"),
                         (request(model, "happy", scenarios=twice), "same-scenarios"),
                         (request(model, "happy", held_out=[scenario(1)]), "same-scenarios")):
        with pytest.raises(TrainerError) as caught:
            train(wanted)
        assert caught.value.code == code
    with pytest.raises(TrainerError):
        scripted_service().compare(request(model, "evaluate"), ADAPTER, lambda state, event: None)


def test_the_library_keeps_a_candidate_and_the_checkpoint_of_a_stopped_run(
    model: TrainableModel, tmp_path: Path
) -> None:
    vault = Vault.create(tmp_path / "vault", "quiet lantern over water", cost=CHEAP)
    wanted = request(model, "patient", seed=4)
    stopped = train(wanted, stop_after_steps=2)
    assert keep(vault.library, wanted, stopped) is None
    assert vault.library.checkpoint(wanted.run_id) == stopped.checkpoint
    going_on = request(model, "happy", seed=4, run_id=wanted.run_id, checkpoint=stopped.checkpoint)
    version = keep(vault.library, going_on, train(going_on))
    (kept,) = vault.library.runs()
    assert version is not None and vault.library.adapters() == [version]
    assert (version.note, version.seed) == ("candidate", 4) and vault.library.active_adapter() is None
    assert vault.library.adapter_bytes(version.id) == ADAPTER
    assert (kept.id, kept.state, kept.adapter_id, kept.steps) == (wanted.run_id, "done", version.id, 3)
    assert vault.library.checkpoint(wanted.run_id) is None and CANARY not in json.dumps(kept.details)
    vault.close()
    assert files_with(tmp_path / "vault", CANARY) == []
