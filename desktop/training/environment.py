# SPDX-License-Identifier: Apache-2.0
"""Where the trainer runs: which Python, which environment variables, and a private folder that is wiped.

The Python is, in this order: the variable CIRCLEKEEPER_TRAINER_PYTHON (for tests and unusual installations), then the
trainer's environment of this checkout or installation. The environment is built from nothing: a short list is passed
on, every switch that keeps a library offline is set before the interpreter starts (they are read at import), and `CI`
is not there, because a library stays silent under it that would speak elsewhere.

Everything that a library might write (home, temporary files, caches, compiled kernels) points into one folder of mode
0700, in memory where the system has such a place with room in it. It is wiped at the end; a folder that a killed app
left behind is wiped at the next start, which it is told by a lock that the system gives up with the process.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from desktop.errors import TrainerError

PYTHON_VARIABLE = "CIRCLEKEEPER_TRAINER_PYTHON"
FOLDER_PREFIX = "circlekeeper-training-"
LOCK_NAME = "in-use"
MIN_FREE_BYTES = 512 * 1024 * 1024

PASSED_ON = (
    "PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "PATHEXT", "COMSPEC", "NUMBER_OF_PROCESSORS",
    "PROCESSOR_ARCHITECTURE", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "OMP_NUM_THREADS",
    "CIRCLEKEEPER_CONVERTER_DIR",  # llama.cpp's scripts, where they are not in the trainer's environment
)
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DISABLE_SAFETENSORS_CONVERSION": "1",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "UNSLOTH_DISABLE_STATISTICS": "1",
    "UNSLOTH_OFFLINE": "1",
    "UNSLOTH_LLAMA_CPP_OFFLINE": "1",
    "UNSLOTH_AUTO_INSTALL": "0",
    "VLLM_NO_USAGE_STATS": "1",
    "WANDB_MODE": "disabled",
    "TRACKIO_DISABLED": "1",
    "PIP_NO_INDEX": "1",
}
#: Variables that name a folder, and its name inside the private one.
FOLDERS = {
    "HOME": "home", "USERPROFILE": "home", "APPDATA": "home", "LOCALAPPDATA": "home", "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "TMPDIR": "tmp", "TMP": "tmp", "TEMP": "tmp",
    "HF_HOME": "hf", "TORCH_HOME": "torch", "TORCHINDUCTOR_CACHE_DIR": "inductor", "TRITON_CACHE_DIR": "triton",
    "UNSLOTH_COMPILE_LOCATION": "unsloth", "CUDA_CACHE_PATH": "cuda", "MPLCONFIGDIR": "config",
}

if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def find_python(installed: Path | None, environ: Mapping[str, str]) -> Path:
    """The trainer's Python; raises `TrainerError` ("trainer-missing") when there is none."""
    configured = environ.get(PYTHON_VARIABLE)
    if configured:
        python = Path(configured)
        if not python.is_absolute() or not os.access(python, os.X_OK):
            raise TrainerError(f"{PYTHON_VARIABLE} does not name a Python program; correct it or unset it.",
                               code="trainer-missing")
        return python
    if installed is None:
        raise TrainerError("Training is not installed here; run `circlekeeper train install`, or in a checkout "
                           "`python3 packaging/dev.py run` once.", code="trainer-missing")
    return installed


def trainer_environ(private: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The trainer's whole environment (module docstring)."""
    passed = {name: environ[name] for name in PASSED_ON if name in environ}
    libraries = environ.get("LD_LIBRARY_PATH_ORIG" if getattr(sys, "frozen", False) else "LD_LIBRARY_PATH")
    if libraries:
        passed["LD_LIBRARY_PATH"] = libraries
    folders = {name: str(private / folder) for name, folder in FOLDERS.items()}
    return {
        "PATH": os.defpath, "LANG": "C.UTF-8", "USER": "trainer", "USERNAME": "trainer",
        "TOKENIZERS_PARALLELISM": "false", **passed, **OFFLINE, **folders,
    }


class PrivateFolder:
    """A folder of mode 0700 for one run; a context manager that wipes it. Making one sweeps what others left."""

    def __init__(self, base: Path | None = None) -> None:
        base = base or _best_base()
        sweep(base)
        self.path = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=base)).resolve()
        self._lock: int | None = os.open(self.path / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        _try_lock(self._lock)
        for name in sorted(set(FOLDERS.values())):
            (self.path / name).mkdir(mode=0o700)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def wipe(self) -> None:
        """Remove the folder and everything in it. Calling it again does nothing."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        shutil.rmtree(self.path, ignore_errors=True)


def sweep(base: Path) -> None:
    """Wipe the folders in `base` that belong to nobody any more."""
    for folder in base.glob(f"{FOLDER_PREFIX}*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """True when the folder is ours and no process holds its lock."""
    try:
        if folder.is_symlink() or not folder.is_dir():
            return False
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
            return False
        handle = os.open(folder / LOCK_NAME, os.O_RDWR)
    except OSError:
        return False  # another user's, or being made this very moment
    try:
        _try_lock(handle)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _best_base() -> Path:
    """A place in memory with room, from which compiled kernels may be loaded; else the system's temporary folder."""
    for candidate in (os.environ.get("XDG_RUNTIME_DIR"), "/dev/shm"):
        if candidate and os.path.isabs(candidate) and _has_room(Path(candidate)):
            return Path(candidate)
    return Path(tempfile.gettempdir())


def _has_room(folder: Path) -> bool:
    if not hasattr(os, "statvfs") or not os.access(folder, os.W_OK | os.X_OK):
        return False
    facts = os.statvfs(folder)
    is_noexec = bool(facts.f_flag & getattr(os, "ST_NOEXEC", 0))
    return not is_noexec and facts.f_bavail * facts.f_frsize >= MIN_FREE_BYTES
