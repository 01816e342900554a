# SPDX-License-Identifier: Apache-2.0
"""Where the trainer's libraries may write and what they may ask: set before the first of them is imported.

The app starts the trainer with all of this already in place; here it is set again for whoever starts it by hand. What
is set already is left alone, but `CI` is taken out: a library that is quiet under it would speak elsewhere.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OFFLINE = {
    "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1", "DISABLE_SAFETENSORS_CONVERSION": "1", "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1", "UNSLOTH_DISABLE_STATISTICS": "1", "UNSLOTH_OFFLINE": "1", "UNSLOTH_LLAMA_CPP_OFFLINE": "1",
    "UNSLOTH_AUTO_INSTALL": "0", "UNSLOTH_MEGA_CACHE": "0", "VLLM_NO_USAGE_STATS": "1", "WANDB_MODE": "disabled",
    "TRACKIO_DISABLED": "1", "TOKENIZERS_PARALLELISM": "false", "TRL_EXPERIMENTAL_SILENCE": "1",
}
FOLDERS = {
    "HF_HOME": "hf", "TORCH_HOME": "torch", "TORCHINDUCTOR_CACHE_DIR": "inductor", "TRITON_CACHE_DIR": "triton",
    "UNSLOTH_COMPILE_LOCATION": "unsloth", "XDG_CACHE_HOME": "cache", "MPLCONFIGDIR": "config",
}
PREFIX = "circlekeeper-trainer-"


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder of mode 0700 that every library writes into, wiped at the end; in memory where the system has such."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_base()))
    before = os.getcwd()
    try:
        _set_environment(folder)
        os.chdir(folder)
        yield folder
    finally:
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)


def _base() -> str | None:
    """TMPDIR when somebody chose one; else memory, else the system's temporary folder."""
    if "TMPDIR" not in os.environ and os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK):
        return "/dev/shm"
    return None


def _set_environment(folder: Path) -> None:
    os.environ.pop("CI", None)
    for name, value in OFFLINE.items():
        os.environ.setdefault(name, value)
    for name, inner in FOLDERS.items():
        if name not in os.environ:
            (folder / inner).mkdir(mode=0o700, exist_ok=True)
            os.environ[name] = str(folder / inner)
    os.environ.setdefault("TMPDIR", str(folder))
    tempfile.tempdir = None
