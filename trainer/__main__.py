# SPDX-License-Identifier: Apache-2.0
"""The training program: `python -m trainer`. Speaks the wire of `trainer.protocol` on stdin and stdout, nothing else.

`start.mode` says whether it trains or compares ("evaluate"). A failure is told as one sentence with a code; a bug is
told without its text, because the text of an exception may hold a sentence of a report.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import sys
import traceback
from pathlib import Path

import trainer
from trainer.channel import Channel, ChannelClosed, reserve
from trainer.practice.rules import load
from trainer.protocol import PROTOCOL_VERSION, Failed, Hello
from trainer.surroundings import private_folder

VERSION = "0.1.0"
LIBRARIES = ("torch", "unsloth", "trl", "transformers", "peft", "llama_cpp_python")
ASSETS = Path(trainer.__file__).resolve().parents[1] / "assets"
#: Errors that a user can do something about: class name (their modules import heavy libraries) to code.
KNOWN = {
    "RecipeError": "recipe", "RulesError": "practice", "ModelError": "model", "LlamaError": "model",
    "JobError": "scenarios", "CheckpointError": "checkpoint", "ExportError": "conversion", "ProofError": "proof",
    "ProtocolError": "protocol",
}
OUT_OF_MEMORY = "There was not enough memory; close other programs, or lower \"answers_per_pass\" in the recipe."


def main() -> int:
    """Greet, take one job, do it."""
    channel = reserve()
    sys.excepthook = _log_without_text
    with private_folder() as folder:
        try:
            practice_sha256 = load(ASSETS / "practice").sha256
            channel.send(_hello(practice_sha256))
            job = channel.job()
            from trainer.run import follow  # loads llama.cpp, which the greeting need not wait for

            follow(channel, job, folder, practice_sha256)
        except ChannelClosed:
            return 0
        except Exception as error:  # noqa: BLE001 - the last resort: every failure becomes one sentence on the wire
            return _fail(channel, error)
    return 0


def _fail(channel: Channel, error: Exception) -> int:
    _log_without_text(type(error), error, error.__traceback__)
    try:
        channel.send(describe(error))
    except ChannelClosed:
        return 0
    return 1


def describe(error: Exception) -> Failed:
    """The failure as told to the app."""
    names = [kind.__name__ for kind in type(error).__mro__]
    if "MemoryError" in names or "OutOfMemoryError" in names:
        return Failed("memory", OUT_OF_MEMORY)
    code = getattr(error, "code", None) if names[0] == "RunError" else KNOWN.get(names[0])
    if code:
        return Failed(str(code), str(error))
    where = traceback.extract_tb(error.__traceback__)
    place = f"{Path(where[-1].filename).name}, line {where[-1].lineno}" if where else "an unknown place"
    return Failed("bug", f"The training program has met a bug ({names[0]} in {place}); please report it.")


def _hello(practice_sha256: str) -> Hello:
    module_file = str(Path(trainer.__file__).resolve())
    return Hello(PROTOCOL_VERSION, VERSION, practice_sha256, device(), module_file, _libraries())


def _libraries() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "missing"
    return found


def device() -> str:
    """"cuda" when the driver names a device, else "cpu"; asked of the driver, because importing torch takes seconds."""
    library = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(library)
    except OSError:
        return "cpu"
    count = ctypes.c_int(0)
    is_usable = driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
    return "cuda" if is_usable else "cpu"


def _log_without_text(kind: type[BaseException], error: BaseException, trace: object) -> None:
    """Where an exception came from, without its text, on stderr."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    print(kind.__name__, *lines, sep="\n  ", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
