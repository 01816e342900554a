# SPDX-License-Identifier: Apache-2.0
"""The environments of packaging/dev.py on a small scale: a real venv, a real pip, wheels made here, no network."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from source_tree import ROOT

from devtools import llama
from devtools.console import Trouble
from devtools.layout import Layout
from devtools.virtualenv import Virtualenv

MANY_FILES = 3000


def make_wheel(folder: Path, name: str, files: dict[str, str]) -> str:
    """Write a wheel of version 1.0 into `folder`, and give its line for a lock."""
    info = f"{name}-1.0.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{path},sha256={_digest(text)},{len(text)}" for path, text in files.items()]
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inner, text in files.items():
            wheel.writestr(inner, text)
        wheel.writestr(f"{info}/RECORD", "\n".join([*rows, f"{info}/RECORD,,"]) + "\n")
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A checkout with a lock of two made wheels, and a pip that knows nothing but them."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    lines = make_wheel(wheels, "small_one", {"small_one.py": "value = 1\n"})
    lines += make_wheel(wheels, "large_one", {f"large_one/m{i}.py": f"value = {i}\n" for i in range(MANY_FILES)})
    locks = tmp_path / "packaging" / "locks"
    locks.mkdir(parents=True)
    (locks / "app.txt").write_text(lines)
    (locks / "wrong.txt").write_text(f"small_one==1.0 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return Layout(tmp_path)


def complete(environment: Virtualenv) -> bool:
    code = f"import small_one; from large_one import m0, m{MANY_FILES - 1}"
    return subprocess.run([environment.python, "-I", "-c", code], capture_output=True).returncode == 0


def test_an_environment_is_made_mended_and_made_anew(layout: Layout) -> None:
    """One after the other, because making a real environment with pip takes seconds."""
    environment = Virtualenv(layout.app, layout)
    environment.make()
    environment.install_locks(["app.txt"], "two packages", "5 s")
    assert complete(environment)
    environment.finish("key")
    assert environment.ready("key") and not environment.ready("another key")

    # As a kill inside pip leaves it: files missing, and the RECORD, which is written last, not there.
    (environment.site_packages / "small_one.py").unlink()
    (environment.site_packages / "small_one-1.0.dist-info" / "RECORD").unlink()
    environment.make()
    assert not environment.ready("key"), "the stamp must go before anything is touched"
    environment.install_locks(["app.txt"], "two packages", "5 s")
    assert complete(environment)

    # As a kill while the environment itself is made leaves it: no pip.
    for package in environment.site_packages.glob("pip*"):
        package.rename(environment.folder / package.name)
    environment.make()
    assert not complete(environment)
    environment.install_locks(["app.txt"], "two packages", "5 s")
    assert complete(environment)

    subprocess.run(environment.pip("uninstall", "-y", "small_one"), check=True, capture_output=True)
    with pytest.raises(Trouble, match="(?is)hash.*this failed"):
        environment.install_locks(["wrong.txt"], "a package that was tampered with", "5 s")


def test_a_killed_install_is_gone_on_with(layout: Layout) -> None:
    environment = Virtualenv(layout.app, layout)
    environment.make()
    program = (
        "import pathlib; from devtools.layout import Layout; from devtools.virtualenv import Virtualenv\n"
        f"layout = Layout(pathlib.Path({str(layout.root)!r}))\n"
        "Virtualenv(layout.app, layout).install_locks(['app.txt'], 'two packages', '5 s')"
    )
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "packaging")}
    process = subprocess.Popen([sys.executable, "-c", program], env=variables, start_new_session=True)
    halfway = environment.site_packages / "large_one"
    end = time.monotonic() + 60
    while not halfway.exists() or len(os.listdir(halfway)) < MANY_FILES // 4:
        assert process.poll() is None and time.monotonic() < end, "the install was over before it could be killed"
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not complete(environment)
    environment.make()
    environment.install_locks(["app.txt"], "two packages", "5 s")
    assert complete(environment)


def test_the_checkout_is_imported_from_where_it_stands(layout: Layout) -> None:
    (layout.root / "desktop").mkdir()
    (layout.root / "desktop" / "__init__.py").touch()
    (layout.root / "desktop" / "__main__.py").write_text("import sys; print('started', sys.argv[1:])\n")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(layout.app)], check=True)
    environment = Virtualenv(layout.app, layout)
    environment.lead_to_checkout()
    environment.add_command()
    command = [environment.python.with_name("circlekeeper"), "gate", "a file"]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/")
    assert done.stdout == "started ['gate', 'a file']\n", done.stderr


def test_the_converter_is_unpacked_and_nothing_else(tmp_path: Path) -> None:
    archive = tmp_path / "source.tar.gz"
    wanted = ["convert_hf_to_gguf.py", "convert_lora_to_gguf.py", "conversion/base.py", "gguf-py/gguf/a.py", "LICENSE"]
    others = ["ggml/CMakeLists.txt", "conversion/../../../../escaped.py", "gguf-py/../../../escaped.py"]
    with tarfile.open(archive, "w:gz") as target:
        for name in [*wanted, *others]:
            member = tarfile.TarInfo(f"llama_cpp_python-0/vendor/llama.cpp/{name}")
            member.size = len(name)
            target.addfile(member, io.BytesIO(name.encode()))
        link = tarfile.TarInfo("llama_cpp_python-0/vendor/llama.cpp/conversion/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        target.addfile(link)
    layout = Layout(tmp_path)
    for _ in range(2):
        llama.unpack_converter(layout, archive)
        files = [path for path in layout.converter.rglob("*") if path.is_file()]
        found = [path.relative_to(layout.converter).as_posix() for path in files]
        assert sorted(found) == sorted(wanted)
    assert list(tmp_path.rglob("escaped.py")) == []


def test_an_archive_without_the_converter_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "source.tar.gz"
    with tarfile.open(archive, "w:gz"):
        pass
    with pytest.raises(Trouble, match="convert_hf_to_gguf.py"):
        llama.unpack_converter(Layout(tmp_path), archive)
    assert not Layout(tmp_path).converter.exists()


def test_a_damaged_archive_is_not_taken(layout: Layout) -> None:
    right = b"the archive"
    layout.lock("llama.txt").write_text(f"x==1 --hash=sha256:{hashlib.sha256(right).hexdigest()}\n")
    home = layout.cache / "sources"
    home.mkdir(parents=True)
    archive = home / "llama_cpp_python-1.tar.gz"
    archive.write_bytes(right[:-1])
    assert llama.archive_in_cache(layout) is None
    archive.write_bytes(right)
    assert llama.archive_in_cache(layout) == archive
