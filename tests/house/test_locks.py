# SPDX-License-Identifier: Apache-2.0
"""The locks: exact, hashed, with a reason for each direct dependency, and in step with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from source_tree import ROOT

LOCKS = ROOT / "packaging" / "locks"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)")
# Below these, resolvers have silently chosen versions that cannot train (design, section 5).
FLOORS = {"unsloth": (2026, 10), "trl": (1, 15), "transformers": (5, 17)}


def pins(path: Path) -> dict[str, str]:
    found = (PINNED.match(line) for line in path.read_text("utf-8").splitlines())
    return {re.sub(r"[._-]+", "-", match[1]).lower(): match[2] for match in found if match}


def entries(path: Path) -> list[str]:
    """One requirement with its hashes each."""
    joined = path.read_text("utf-8").replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("path", sorted(LOCKS.glob("*.txt")), ids=lambda path: path.name)
def test_every_line_is_exact_and_hashed(path: Path) -> None:
    loose = [line for line in entries(path) if not PINNED.match(line) or "--hash=sha256:" not in line]
    assert loose == []


@pytest.mark.parametrize("path", sorted(LOCKS.glob("*.txt")), ids=lambda path: path.name)
def test_a_lock_holds_nothing_of_the_machine_it_was_made_on(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"://|--index|--find-links|--extra|@ ", text)


@pytest.mark.parametrize("path", sorted(LOCKS.glob("*.in")), ids=lambda path: path.name)
def test_each_direct_dependency_is_locked_and_has_its_reason(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    locked = {**pins(path.with_suffix(".txt")), **pins(LOCKS / "llama.txt"), **pins(LOCKS / "torch-cuda.txt")}
    for number, line in enumerate(lines):
        if PINNED.match(line):
            assert lines[number - 1].startswith(("#", "-c")), f"{line}: why is it there?"
    for name, version in pins(path).items():
        assert locked.get(name) == version, name


def test_the_project_names_what_the_lock_holds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert sorted(project["dependencies"]) == sorted(f"{line}" for line in (LOCKS / "app.in").read_text().splitlines()
                                                     if PINNED.match(line))


@pytest.mark.parametrize("name", ["trainer-cpu", "trainer-cuda"])
def test_the_trainers_libraries_are_no_older_than_they_may_be(name: str) -> None:
    locked = pins(LOCKS / f"{name}.txt")
    for package, floor in FLOORS.items():
        assert tuple(int(part) for part in locked[package].split(".")[:2]) >= floor


def test_locks_that_share_an_environment_agree() -> None:
    for one, other in (("app", "dev-app"), ("trainer-cpu", "dev-trainer"), ("trainer-cpu", "torch-cuda"),
                       ("trainer-cuda", "dev-trainer"), ("trainer-cpu", "trainer-cuda")):
        first, second = pins(LOCKS / f"{one}.txt"), pins(LOCKS / f"{other}.txt")
        assert {name: version for name, version in second.items() if first.get(name, version) != version} == {}


def test_nothing_that_needs_a_gpu_is_in_the_lock_without_one() -> None:
    locked = set(pins(LOCKS / "trainer-cpu.txt"))
    needs_gpu = {name for name in locked if name.startswith(("nvidia-", "cuda-"))}
    assert needs_gpu | (locked & {"torch", "triton", "xformers", "bitsandbytes", "torchvision"}) == set()


def test_one_version_of_llama_cpp_everywhere() -> None:
    versions = {pins(path).get("llama-cpp-python") for path in LOCKS.glob("*.in")} - {None}
    assert versions == {pins(LOCKS / "llama.txt")["llama-cpp-python"]}
