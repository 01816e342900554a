# SPDX-License-Identifier: Apache-2.0
"""Requests for the scripted trainer, and the service that runs it as a real process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from desktop.services.training import TrainableModel, TrainingRequest, TrainingService
from desktop.tasks import in_background
from desktop.training.process import Patience, TrainingProcess
from trainer.practice.case import Case, Party
from trainer.practice.citations import Passage
from trainer.practice.scenario import Gold, Scenario

HERE = Path(__file__).resolve().parent
ASSETS = HERE.parents[1] / "assets"
QUICK = Patience(hello_s=60.0, save_s=60.0, now_s=0.5, polite_s=0.5)
#: A sentence that must be found nowhere after a run.
CANARY = "Quillfeather spilled turpentine over the marimba"


def scenario(number: int, split: str = "train") -> Scenario:
    case = Case(f"Student A said: {CANARY}. Student B was hurt. ({number})", "6-8",
                parties=(Party("Student A", "caused_harm"), Party("Student B", "harmed")))
    gold = Gold("CLEAR", parties=("Student A", "Student B"))
    return Scenario(f"{split}-{number}", 1, 1, 1, split, "01-a", case, gold)


def model_in(folder: Path) -> TrainableModel:
    """A folder that looks like a model that can be trained."""
    folder.mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "base.gguf"):
        (folder / name).write_bytes(b"GGUF")
    return TrainableModel("tiny", folder, folder / "base.gguf")


def request(model: TrainableModel, script: str, **more: Any) -> TrainingRequest:
    """A request that makes the scripted trainer follow that script."""
    recipe = {"script": script, **more.pop("recipe", {})}
    given = {"scenarios": [scenario(number) for number in range(5)],
             "passages": [Passage("conduct-1", "Fights", "Both sides are heard.")], **more}
    return TrainingRequest(model=model, recipe=recipe, **given)


def scripted_service() -> TrainingService:
    """The real service over a real process, which is the scripted trainer."""

    def new_trainer() -> TrainingProcess:
        return TrainingProcess(Path(sys.executable), "scripted", in_background,
                               launcher=HERE / "scripted_trainer.py", patience=QUICK)

    return TrainingService(new_trainer, ASSETS)


def files_with(folder: Path, words: str) -> list[str]:
    """The files below a folder that hold the words."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]
