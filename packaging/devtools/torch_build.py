# SPDX-License-Identifier: Apache-2.0
"""Which build of torch, and which lock of the trainer, fit this machine.

With an NVIDIA GPU on Linux: the CUDA lock with everything. Otherwise torch's build without CUDA, which is not on PyPI
for Linux: from whatever index or folder pip is set up with, else from PyTorch's own index, else PyPI's CUDA build with
the libraries it cannot be imported without. It counts only once it has been imported.
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from devtools.console import Trouble, say, watched
from devtools.layout import Layout
from devtools.virtualenv import FROM_LOCK, Virtualenv

VERSION = "2.13.0"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
IMPORTED = f"import torch; assert torch.__version__.startswith('{VERSION}'), torch.__version__; torch.ones(2).sum()"


def has_nvidia_gpu() -> bool:
    """Told from the driver's traces, without starting it: this is asked at every start."""
    if sys.platform.startswith("linux"):
        return Path("/dev/nvidiactl").exists() or any(Path("/proc/driver/nvidia/gpus").glob("*"))
    return False


def trainer_lock() -> str:
    """The CUDA lock is for Linux on x86-64; elsewhere, and without a GPU, training runs on the processor."""
    return "trainer-cuda.txt" if has_nvidia_gpu() and _cuda_platform() else "trainer-cpu.txt"


def _cuda_platform() -> bool:
    return sys.platform.startswith("linux") and platform.machine() == "x86_64"


def inputs(layout: Layout) -> list[str | Path]:
    """What this choice depends on, for the stamp."""
    return [VERSION, trainer_lock(), layout.lock(trainer_lock()), layout.lock("torch-cuda.txt")]


def install(trainer: Virtualenv) -> None:
    """There is a torch in the trainer's environment that can be imported."""
    if trainer_lock() == "trainer-cuda.txt":
        trainer.try_out(IMPORTED, "20 s")
        return
    if trainer.works(IMPORTED):
        return
    for arguments in _choices(trainer.layout):
        command = trainer.pip("install", "--progress-bar", "off", "--only-binary", ":all:", *arguments)
        say(f"  torch from {_told(arguments)} (usually 1 to 3 minutes)")
        status, _ = watched(command, trainer.layout.log, held=trainer.held)
        if status == 0 and trainer.works(IMPORTED):
            return
    raise Trouble(
        f"No build of torch {VERSION} could be installed: check the network or pip's index, then start again; "
        f"details are in {trainer.layout.log}."
    )


def _choices(layout: Layout) -> list[list[str]]:
    if not sys.platform.startswith("linux"):
        return [["--no-deps", f"torch=={VERSION}"]]
    build = f"torch=={VERSION}+cpu"
    choices = [["--no-deps", build], ["--no-deps", "--retries", "1", "--index-url", CPU_INDEX, build]]
    if _cuda_platform():
        choices.append([*FROM_LOCK, "-r", os.fspath(layout.lock("torch-cuda.txt"))])
    return choices


def _told(arguments: list[str]) -> str:
    if "--index-url" in arguments:
        return "PyTorch's index of builds without CUDA"
    if "-r" in arguments:
        return "PyPI: the CUDA build, a large download"
    return "where pip is set up to look"
