# SPDX-License-Identifier: Apache-2.0
"""llama.cpp: its wheel built once out of the pinned source archive, and the converter unpacked from the same archive.

The build stands on the machine that runs it, so it uses every instruction this processor has (GGML_NATIVE=ON): that is
a quarter of the time of a portable build. The wheel is kept under a key that holds the processor's abilities, so a
checkout that moves to another processor builds anew instead of dying on an unknown instruction. A package for users
names a portable level instead. Every flag is named, because ggml's defaults depend on the variables of the shell.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from devtools import stamp
from devtools.console import Trouble, step
from devtools.layout import Layout
from devtools.virtualenv import Virtualenv

CMAKE_ARGS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DGGML_NATIVE=ON",
    "-DGGML_OPENMP=ON",
    # Which compiler cache happens to be installed must not change what is built.
    "-DGGML_CCACHE=OFF",
    # Pictures are not used: no vision library.
    "-DLLAVA_BUILD=OFF",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_TOOLS=OFF",
    "-DLLAMA_BUILD_SERVER=OFF",
    "-DLLAMA_BUILD_UI=OFF",
    "-DLLAMA_OPENSSL=OFF",
)
CONVERTER = ("convert_hf_to_gguf.py", "convert_lora_to_gguf.py", "conversion", "gguf-py", "LICENSE")


def wheel_key(layout: Layout) -> str:
    parts = (layout.lock("llama.txt"), layout.lock("build.txt"), *CMAKE_ARGS, platform.system(), platform.machine())
    return stamp.key_of([*parts, _processor()])[:16]


def _processor() -> str:
    """What decides which instructions a native build uses."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())


def wheel_in_cache(layout: Layout) -> Path | None:
    """The finished wheel: it is moved here in one step, so that it is whole when it is there at all."""
    return next((layout.cache / "wheels" / wheel_key(layout)).glob("llama_cpp_python-*.whl"), None)


def archive_in_cache(layout: Layout) -> Path | None:
    """The pinned source archive, if it is here and its hash is right."""
    wanted = _pinned_hash(layout)
    for archive in (layout.cache / "sources").glob("llama_cpp_python-*.tar.gz"):
        if hashlib.sha256(archive.read_bytes()).hexdigest() == wanted:
            return archive
    return None


def ensure(layout: Layout, held: int | None) -> tuple[Path, Path]:
    """The wheel and the source archive, made or fetched as far as they are not in the cache."""
    wheel, archive = wheel_in_cache(layout), archive_in_cache(layout)
    if wheel is not None and archive is not None:
        return wheel, archive
    tools = Virtualenv(layout.cache / "build-env", layout, held)
    tools.make()
    tools.install_locks(["build.txt"], "the build tools (CMake, Ninja)", "15 s")
    archive = archive or _fetch(layout, tools)
    wheel = wheel or _build(layout, tools, archive)
    shutil.rmtree(tools.folder)
    return wheel, archive


def _fetch(layout: Layout, tools: Virtualenv) -> Path:
    home = layout.cache / "sources"
    shutil.rmtree(home, ignore_errors=True)
    command = tools.pip("download", "--no-deps", "--require-hashes", "--no-binary", ":all:", "--no-build-isolation")
    command += ["-d", home, "-r", layout.lock("llama.txt")]
    extra = {"PATH": _path_with(tools)}
    step("fetching llama.cpp's source", "20 s", command, layout.log, extra=extra, held=tools.held)
    archive = archive_in_cache(layout)
    if archive is None:
        raise Trouble("llama.cpp's source archive did not arrive whole; start again.")
    return archive


def _build(layout: Layout, tools: Virtualenv, archive: Path) -> Path:
    home = layout.cache / "wheels" / wheel_key(layout)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wheel-", dir=layout.cache) as fresh:
        command = tools.pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir", "-w", fresh)
        extra = {"CMAKE_ARGS": " ".join(CMAKE_ARGS), "PATH": _path_with(tools)}
        what = "building llama.cpp from source, once"
        step(what, "3 to 6 minutes on 2 cores", [*command, archive], layout.log, extra=extra, held=tools.held)
        wheel = next(Path(fresh).glob("llama_cpp_python-*.whl"))
        os.replace(wheel, home / wheel.name)
    return home / wheel.name


def _path_with(tools: Virtualenv) -> str:
    return os.pathsep.join([str(tools.python.parent), os.environ.get("PATH", os.defpath)])


def _pinned_hash(layout: Layout) -> str:
    words = layout.lock("llama.txt").read_text("utf-8").split()
    return next(word.removeprefix("--hash=sha256:") for word in words if word.startswith("--hash=sha256:"))


def unpack_converter(layout: Layout, archive: Path) -> None:
    """Put llama.cpp's converter scripts, their modules and their licence into the trainer's environment."""
    home = layout.converter
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="converter-", dir=home.parent) as fresh:
        _extract(archive, Path(fresh))
        missing = [name for name in CONVERTER if not (Path(fresh) / name).exists()]
        if missing:
            raise Trouble(f"llama.cpp's source archive lacks {', '.join(missing)}; delete .cache and start again.")
        if home.exists():
            shutil.rmtree(home)
        shutil.copytree(fresh, home)


def _extract(archive: Path, target: Path) -> None:
    """Regular files of the wanted parts only, each by its own checked name: no links, no way out of `target`."""
    with tarfile.open(archive, "r:gz") as source:
        for member in source:
            inner = PurePosixPath(member.name).parts[1:]
            if not member.isfile() or inner[:2] != ("vendor", "llama.cpp") or len(inner) < 3:
                continue
            if inner[2] not in CONVERTER or ".." in inner:
                continue
            destination = target.joinpath(*inner[2:])
            destination.parent.mkdir(parents=True, exist_ok=True)
            content = source.extractfile(member)
            if content is not None:
                destination.write_bytes(content.read())
