# SPDX-License-Identifier: Apache-2.0
"""The locks, resolved from the direct dependencies in packaging/locks/*.in: exact versions, every file by its hash.

A resolver (uv, from PyPI) in an environment of its own does it. What is locked already stays as it is as long as it
fits; to raise a version, change it in the .in file, or delete the lock to take the newest of everything. Only the
public index is asked, whatever pip is set up with, so that a lock holds nothing of the machine it was made on.

torch is left out of trainer-cpu.txt (torch_build.py tells why) and llama-cpp-python out of every lock but its own
(llama.py builds it). trainer-cuda.txt is resolved for Linux on x86-64 with everything that Unsloth names, CUDA too.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from devtools.console import say, step
from devtools.layout import Layout
from devtools.virtualenv import Virtualenv

RESOLVER = "uv==0.13.8"
INDEX = "https://pypi.org/simple"
ANYWHERE = ("--universal",)
LINUX_X86_64 = ("--python-platform", "x86_64-manylinux_2_28")
NOT_HERE = ("--no-emit-package", "llama-cpp-python")


@dataclass(frozen=True)
class Lock:
    """`name`.in becomes `name`.txt; `options` go to the resolver, names in them being files beside it."""

    name: str
    about: str
    options: tuple[str, ...]


# In this order: the locks of what only developers need are held to the versions of the locks above them.
LOCKS = (
    Lock("build", "What builds llama.cpp's wheel.", ANYWHERE),
    Lock("llama", "llama.cpp's source archive, built here (packaging/devtools/llama.py).", (*ANYWHERE, "--no-deps")),
    Lock("app", "The application, but for llama.cpp (llama.txt).", (*ANYWHERE, *NOT_HERE)),
    Lock("dev-app", "A developer's tools beside the application.", ANYWHERE),
    Lock(
        "trainer-cpu",
        "The trainer without an NVIDIA GPU, but for torch and llama.cpp.",
        (*ANYWHERE, *NOT_HERE, "--no-emit-package", "torch", "--overrides", "trainer.overrides")
        + ("--excludes", "trainer-cpu.excludes"),
    ),
    Lock("dev-trainer", "A developer's tools beside the trainer.", ANYWHERE),
    Lock(
        "trainer-cuda",
        "The trainer on Linux x86-64 with an NVIDIA GPU, but for llama.cpp.",
        (*LINUX_X86_64, *NOT_HERE, "--overrides", "trainer.overrides"),
    ),
    Lock("torch-cuda", "PyPI's torch with its CUDA libraries, for Linux x86-64 without a GPU.", LINUX_X86_64),
)


def run(layout: Layout) -> int:
    tools = Virtualenv(layout.cache / "lock-env", layout)
    tools.make()
    step(f"the resolver ({RESOLVER})", "10 s", tools.pip("install", RESOLVER), layout.log)
    for lock in LOCKS:
        _resolve(layout, tools, lock)
    say("The locks are up to date; look at the difference before you commit it.")
    return 0


def _resolve(layout: Layout, tools: Virtualenv, lock: Lock) -> None:
    source, target = layout.lock(f"{lock.name}.in"), layout.lock(f"{lock.name}.txt")
    with tempfile.TemporaryDirectory(prefix="lock-", dir=layout.cache) as folder:
        fresh = Path(folder) / "lock.txt"
        if target.exists():
            shutil.copyfile(target, fresh)
        beside = (source.with_name(part) for part in lock.options)
        options = [os.fspath(path) if path.is_file() else path.name for path in beside]
        command = [os.fspath(tools.python.with_name("uv")), "--no-config", "pip", "compile", "--default-index", INDEX]
        command += ["--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", *options]
        step(f"resolving {lock.name}", "10 s", [*command, "-o", fresh, source], layout.log)
        content = fresh.read_text("utf-8")
    text = f"# {lock.about}\n# Made by `python3 packaging/dev.py lock` from {source.name}; do not edit.\n{content}"
    new = target.with_name(target.name + ".new")
    new.write_text(text, "utf-8", newline="\n")
    os.replace(new, target)
