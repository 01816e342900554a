# SPDX-License-Identifier: Apache-2.0
"""Both environments, from nothing or from wherever an earlier start was stopped; nothing at all when they fit."""

from __future__ import annotations

import platform
import sys
import time
from pathlib import Path

from devtools import llama, stamp, system, torch_build
from devtools.console import say
from devtools.exclusive import exclusive
from devtools.layout import Layout
from devtools.virtualenv import Virtualenv

APP_LOCKS = ("app.txt", "dev-app.txt")
APP_WORKS = (
    "import cryptography, keyring, llama_cpp, pytest, sqlcipher3; from PySide6 import QtWidgets; "
    "llama_cpp.llama_backend_init()"
)
# Unsloth first: it patches what the others define.
TRAINER_WORKS = (
    "import unsloth, trl, peft, transformers, datasets, gguf, llama_cpp, pytest; llama_cpp.llama_backend_init()"
)


def run(layout: Layout) -> int:
    if not ensure(layout):
        say("Nothing to do: .venv and .venv-trainer are up to date.")
    return 0


def ensure(layout: Layout) -> bool:
    """Both environments stand and work. True when something had to be done for it."""
    if _ready(layout):
        return False
    started = time.monotonic()
    say("Setting up (a first time takes about 10 minutes on 2 cores; it can be stopped and started again).")
    with exclusive(layout.cache / "setup.lock") as held:
        if not _ready(layout):
            system.provide(layout, held, building=llama.wheel_in_cache(layout) is None)
            wheel, archive = llama.ensure(layout, held)
            _make_app(layout, held, wheel)
            _make_trainer(layout, held, wheel, archive)
    say(f"Both environments are ready ({time.monotonic() - started:.0f} s).")
    return True


def _ready(layout: Layout) -> bool:
    app, trainer = Virtualenv(layout.app, layout), Virtualenv(layout.trainer, layout)
    return app.ready(app_key(layout)) and trainer.ready(trainer_key(layout))


def _machine(layout: Layout) -> list[str | Path]:
    return [platform.python_version(), sys.base_prefix, str(layout.root), llama.wheel_key(layout)]


def app_key(layout: Layout) -> str:
    return stamp.key_of(["app", *_machine(layout), *(layout.lock(name) for name in APP_LOCKS)])


def trainer_key(layout: Layout) -> str:
    parts = ["trainer", *_machine(layout), layout.lock("dev-trainer.txt"), *torch_build.inputs(layout)]
    return stamp.key_of(parts)


def _make_app(layout: Layout, held: int, wheel: Path) -> None:
    # The key is taken before the work, so that a lock that is changed meanwhile is not vouched for.
    app, key = Virtualenv(layout.app, layout, held), app_key(layout)
    if app.ready(key):
        return
    app.make()
    app.install_locks(APP_LOCKS, "the app's packages", "1 minute")
    app.install_wheel(wheel)
    app.lead_to_checkout()
    app.add_command()
    app.try_out(APP_WORKS, "5 s")
    app.finish(key)


def _make_trainer(layout: Layout, held: int, wheel: Path, archive: Path) -> None:
    trainer, key = Virtualenv(layout.trainer, layout, held), trainer_key(layout)
    if trainer.ready(key):
        return
    trainer.make()
    locks = (torch_build.trainer_lock(), "dev-trainer.txt")
    trainer.install_locks(locks, "the trainer's packages", "2 to 4 minutes")
    torch_build.install(trainer)
    trainer.install_wheel(wheel)
    llama.unpack_converter(layout, archive)
    trainer.lead_to_checkout()
    trainer.try_out(TRAINER_WORKS, "30 s")
    trainer.finish(key)
