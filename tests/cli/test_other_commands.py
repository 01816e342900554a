# SPDX-License-Identifier: Apache-2.0
"""The command as a whole, and its small commands: doctor, scenarios, vault."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_runs import Run, one_line

from desktop.paths import code_folder
from trainer.practice.scenario import parse_scenario_lines

PASSPHRASE = "four unrelated words here\n"
HEAVY = ("PySide6", "llama_cpp", "torch", "transformers", "trl", "numpy")


@pytest.mark.parametrize("arguments", [("nonsense",), ("gate",), ("scenarios",), ("vault", "burn"), ("--nothing",)])
def test_what_is_no_command_is_one_line_and_status_2(circlekeeper: Run, arguments: tuple[str, ...]) -> None:
    done = circlekeeper(*arguments)
    assert (done.returncode, done.stdout) == (2, "") and "--help" in one_line(done.stderr)


def test_help_names_every_command(circlekeeper: Run) -> None:
    done = circlekeeper("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in ("doctor", "gate", "suggest", "train", "compare", "scenarios", "vault"))


def test_neither_qt_nor_llama_cpp_comes_into_the_commands_process(reciting_model: Path, named_case: Path) -> None:
    program = (
        "import sys; from desktop.cli.main import run;"
        f"status = run(['suggest', {str(named_case)!r}, '--json', '--model', {str(reciting_model)!r}]);"
        f"print(status, sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=code_folder(), text=True, capture_output=True, check=True)
    assert json.loads(done.stdout.splitlines()[0])["model"] == "reciting"
    assert done.stdout.splitlines()[-1] == "0 []"


def test_a_mistake_in_the_program_does_not_print_what_it_was_given(tmp_path: Path) -> None:
    program = (
        "import sys; from desktop.cli import gate, main;"
        "gate.run = lambda args: {}['Maya Okonkwo'];"
        "sys.exit(main.run(['gate', '-']))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=code_folder(), text=True, capture_output=True)
    assert done.returncode == 1 and "Maya" not in done.stderr and "KeyError" in one_line(done.stderr)


def test_a_reader_that_leaves_is_no_trouble(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": n, "text": "They talked about lunch."}) + "\n" for n in range(3000))
    with subprocess.Popen([sys.executable, "-m", "desktop", "gate", "-"], cwd=code_folder(), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin and running.stdout and running.stderr
        running.stdin.write(lines.encode())
        running.stdin.close()
        assert running.stdout.readline().startswith(b'{"id": 0')
        running.stdout.close()
        assert running.stderr.read() == b"" and running.wait() == 0


def test_scenarios_are_the_same_for_a_seed(circlekeeper: Run, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.jsonl" for name in "abc"]
    for file, seed in zip(files, ("5", "5", "6"), strict=True):
        options = ("--count", "30", "--split", "test", "--seed", seed, "--out", str(file))
        done = circlekeeper("scenarios", "generate", *options)
        assert done.returncode == 0 and done.stdout == ""
    texts = [file.read_text(encoding="utf-8") for file in files]
    assert texts[0] == texts[1] != texts[2]
    scenarios = parse_scenario_lines(texts[0])
    assert len(scenarios) == 30 and {scenario.split for scenario in scenarios} == {"test"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl", "c.jsonl"]


@pytest.mark.parametrize(("count", "split", "out", "words"), [
    ("0", "train", "x.jsonl", "whole number"), ("3.5", "train", "x.jsonl", "whole number"),
    ("3", "exam", "x.jsonl", "invalid choice"), ("3", "train", "gone/x.jsonl", "could not be written"),
])
def test_bad_orders_for_scenarios(
    circlekeeper: Run, tmp_path: Path, count: str, split: str, out: str, words: str
) -> None:
    done = circlekeeper("scenarios", "generate", "--count", count, "--split", split, "--out", str(tmp_path / out))
    assert done.returncode == 2 and words in one_line(done.stderr) and not list(tmp_path.iterdir())


def test_a_vault_is_created_and_verified(circlekeeper: Run, tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    created = circlekeeper("vault", "create", str(folder), "--passphrase-stdin", stdin=PASSPHRASE)
    assert created.returncode == 0 and (folder / "cases.db").read_bytes()[:6] != b"SQLite"
    verified = circlekeeper("vault", "verify", str(folder), "--passphrase-stdin", stdin=PASSPHRASE)
    assert verified.returncode == 0 and "sound" in verified.stdout
    for words, arguments in {
        "does not open": (str(folder), "another passphrase altogether\n"),
        "no vault in this folder": (str(tmp_path / "none"), PASSPHRASE),
    }.items():
        done = circlekeeper("vault", "verify", arguments[0], "--passphrase-stdin", stdin=arguments[1])
        assert (done.returncode, done.stdout) == (2, "") and words in one_line(done.stderr)
    page = bytearray((folder / "cases.db").read_bytes())
    page[5000] ^= 1
    (folder / "cases.db").write_bytes(page)
    damaged = circlekeeper("vault", "verify", str(folder), "--passphrase-stdin", stdin=PASSPHRASE)
    assert damaged.returncode == 2 and "damaged" in one_line(damaged.stderr)


def test_a_passphrase_is_asked_for_only_at_a_terminal(circlekeeper: Run, tmp_path: Path) -> None:
    done = circlekeeper("vault", "verify", str(tmp_path))
    assert done.returncode == 2 and "--passphrase-stdin" in one_line(done.stderr)
    short = circlekeeper("vault", "create", str(tmp_path / "v"), "--passphrase-stdin", stdin="short\n")
    assert short.returncode == 2 and "at least" in short.stderr.splitlines()[-1] and "short\n" not in short.stdout


def test_doctor_tells_what_works(circlekeeper: Run) -> None:
    done = circlekeeper("doctor", "--json")
    found = json.loads(one_line(done.stdout))
    checks = {check["name"]: check for check in found["checks"]}
    assert {"window", "display", "keyring", "starter model", "engine", "trainer"} <= set(checks)
    assert checks["safety gate"]["ok"] and checks["vault"]["ok"] and checks["python"]["ok"]
    assert found["ok"] == all(check["ok"] for check in found["checks"] if check["needed"])
    assert done.returncode == (0 if found["ok"] else 3)
    plain = circlekeeper("doctor")
    assert plain.returncode == done.returncode and "safety gate: " in plain.stdout
