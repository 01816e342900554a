# SPDX-License-Identifier: Apache-2.0
"""The rules of the house: sizes, names, licence lines, nothing of the machine that it was written on, colours."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_tree import ROOT, files, modules, text_of, tree_of

MAX_FILE_LINES, MAX_FUNCTION_LINES = 600, 60
FORBIDDEN_WORDS = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}
TOP_LEVEL = {
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "assets", "desktop", "packaging", "pyproject.toml",
    "tests", "trainer",
}  # fmt: skip
OWN_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
# Put together from parts, so that this file does not break its own rule.
MACHINE = [
    "/" + "work" + "/", "/" + "tmp" + "/lab", "/opt/" + "pypi", "/opt/" + "wheels", "/ro" + "ot/", "/ho" + "me/",
    "file://" + "/opt",
]  # fmt: skip
HEX_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b")
TEXT_KINDS = {".py", ".toml", ".md", ".txt", ".in", ".json", ".sh", ".excludes", ".overrides", ".cfg", ".yml", ""}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def words(name: str) -> set[str]:
    return {word.lower() for word in OWN_WORDS.findall(name)}


def test_no_file_is_too_long() -> None:
    sizes = {str(path): len(text_of(path).splitlines()) for path in modules()}
    assert {path: size for path, size in sizes.items() if size > MAX_FILE_LINES} == {}


def test_no_function_is_too_long() -> None:
    long = [
        f"{path}:{function.lineno} {function.name} {size}"
        for path in modules()
        for function in functions(path)
        if (size := (function.end_lineno or function.lineno) - function.lineno + 1) > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_names_say_what_a_thing_is() -> None:
    named = {path: {word for part in path.with_suffix("").parts for word in words(part)} for path in modules()}
    paths = [str(path) for path, own in named.items() if own & FORBIDDEN_WORDS]
    classes = [
        f"{path}:{node.lineno} {node.name}"
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and words(node.name) & FORBIDDEN_WORDS
    ]
    assert paths + classes == []


def test_every_module_carries_its_licence_and_says_its_job() -> None:
    spdx = "# SPDX-License-Identifier: Apache-2.0"
    unmarked = [str(path) for path in modules() if spdx not in text_of(path).splitlines()[:2]]
    silent = [str(path) for path in modules() if not ast.get_docstring(tree_of(path))]
    assert (unmarked, silent) == ([], [])


def test_packaging_is_no_package() -> None:
    """An __init__.py there would hide the library of the same name."""
    assert [str(path) for path in files() if path.parts[0] == "packaging" and path.name == "__init__.py"] == []


def test_test_files_have_names_of_their_own() -> None:
    """Test folders are no packages, so two files of one name would be taken for the same module."""
    names = [path.name for path in modules("tests") if path.name != "conftest.py"]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
    assert [str(path) for path in modules("tests") if path.name == "__init__.py"] == []


def test_the_top_level_is_fixed() -> None:
    assert {path.parts[0] for path in files()} - TOP_LEVEL == set()


def test_nothing_of_the_machine_it_was_written_on() -> None:
    found = [
        f"{path}: {mark}"
        for path in files()
        if path.suffix in TEXT_KINDS and path.parts[:2] != ("assets", "starter")
        for mark in MACHINE
        if mark in text_of(path)
    ]
    assert found == []


def test_colours_live_in_the_themes() -> None:
    found = [
        f"{path}:{node.lineno} {node.value}"
        for path in modules("desktop")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HEX_COLOUR.search(node.value)
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["desktop", "trainer", "packaging"])
def test_nothing_is_left_to_do(folder: str) -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    wanted = re.compile(rf"\b({'|'.join(marks)})\b")
    found = [f"{path}: {match[0]}" for path in modules(folder) if (match := wanted.search(text_of(path)))]
    assert found == []


def test_no_test_is_skipped() -> None:
    """A test that does not run proves nothing; what a system lacks is decided where the tests are chosen."""
    marks = {"skip", "skipif", "xfail", "importorskip"}
    found = [
        f"{path}:{node.lineno} {node.attr}"
        for path in modules("tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in marks and "pytest" in ast.unparse(node)
    ]
    assert found == []


def test_the_licence_is_the_whole_text() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text and "END OF TERMS AND CONDITIONS" in text
