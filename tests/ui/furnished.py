# SPDX-License-Identifier: Apache-2.0
"""The whole program around a vault of its own: real store, real engine, a real model whose answers are known.

The model "reciting" stands in the models folder of CIRCLEKEEPER_HOME: as it came it recites one example answer, with
its adapter a better one. The vaults are made with the cheapest key derivation: that is not what is tested here.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "inference"))  # the writer of tiny models lives there

import tiny_gguf  # noqa: E402

from desktop import paths, wiring  # noqa: E402
from desktop.app import Application  # noqa: E402
from desktop.offline import Enforcement  # noqa: E402
from desktop.secrets.passphrase import Argon2Cost  # noqa: E402
from desktop.services.training import TrainingService  # noqa: E402
from desktop.store.vault import Vault  # noqa: E402
from desktop.tasks import in_background  # noqa: E402
from desktop.training.process import TrainingProcess  # noqa: E402

CHEAP = Argon2Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "quiet lantern over water"
RECITING = "reciting"
PLAIN = (TESTS / "answers" / "pencil-case" / "plain.md").read_text(encoding="utf-8")
GOOD = (TESTS / "answers" / "pencil-case" / "good.md").read_text(encoding="utf-8")
ENFORCED = Enforcement(True, "enforced")


def furnish_models(home: Path, first: str = PLAIN, trained: str = GOOD) -> None:
    """Put the reciting model into the home's models folder, as one that can be trained."""
    weights = home / "models" / RECITING
    weights.mkdir(parents=True)
    for name in ("config.json", "model.safetensors"):
        (weights / name).write_bytes(b"{}")
    tiny_gguf.write_model(home / "models" / f"{RECITING}.gguf", first, trained)
    tiny_gguf.adapter_bytes(weights / "adapter.bin", first, trained)


def launch(folder: Path, restart: Callable[[], object] = lambda: None) -> Application:
    """The program on this folder's vault, its window shown."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    application = Application(
        app, folder, ENFORCED, create=lambda where, words: Vault.create(where, words, cost=CHEAP),
        open_=lambda where, words: Vault.open(where, words, floor=CHEAP), restart=restart,
    )
    application.start()
    return application


def with_practising_trainer(set_attribute: Callable[[object, str, object], None]) -> None:
    """Training runs the practising trainer, as a real process, for as long as the attribute stays set."""
    launcher = Path(__file__).with_name("practising_trainer.py")

    def service() -> TrainingService:
        def new_trainer() -> TrainingProcess:
            return TrainingProcess(Path(sys.executable), "practising", in_background, launcher=launcher)

        return TrainingService(new_trainer, paths.assets_folder())

    set_attribute(wiring, "training_service", service)


def wait_until(condition: Callable[[], object], timeout_s: float = 60.0) -> None:
    """Let the window work until the condition holds."""
    ends = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < ends, "waited too long"
        QApplication.processEvents()
        time.sleep(0.005)
    settle()


def settle() -> None:
    """Let everything that is waiting happen, deletions too."""
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
