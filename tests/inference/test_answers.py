# SPDX-License-Identifier: Apache-2.0
"""What the engine answers, with the real llama.cpp in its child process."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
import tiny_gguf
from known_answers import MESSAGES, OTHER, TEXT, Reciting

from desktop.cancel import CancelToken
from desktop.errors import EngineError
from desktop.inference.engine import LlamaEngine
from desktop.ports import AnswerRequest, AnswerResult


def ask(engine: LlamaEngine, adapter: bytes | None = None, **options: Any) -> tuple[AnswerResult, list[str]]:
    pieces: list[str] = []
    request = AnswerRequest(MESSAGES, adapter, **options)
    return engine.answer(request, pieces.append, CancelToken()), pieces


def test_text_streams_in_pieces_with_whole_characters(engine: LlamaEngine, reciting: Reciting) -> None:
    info = engine.load(reciting.path)
    result, pieces = ask(engine)
    assert result.text == TEXT and "".join(pieces) == TEXT
    assert len(pieces) > 5 and result.ended == "end" and result.tokens >= len(pieces)
    assert "\ufffd" not in result.text  # É and ☕ are split over tokens
    assert 0 < result.first_token_s <= result.seconds
    assert info.context_tokens == 16384 and info.parameters > 0
    if sys.platform == "linux":
        assert info.is_offline and "0." in info.library


def test_adapter_and_base_in_turn_on_one_load(
    engine: LlamaEngine, reciting: Reciting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    engine.load(reciting.path)
    pid = engine.pid
    texts = [ask(engine, adapter)[0].text for adapter in (None, reciting.adapter, None, reciting.adapter)]
    assert texts == [TEXT, OTHER, TEXT, OTHER]
    assert engine.pid == pid
    assert list(tmp_path.iterdir()) == []  # the adapter left no file
    open_files = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()} if sys.platform == "linux" else set()
    assert not any("adapter" in name for name in open_files)


def test_the_prefix_is_kept_for_base_and_adapter_apart(engine: LlamaEngine, reciting: Reciting) -> None:
    engine.load(reciting.path)
    reused = []
    for adapter in (None, reciting.adapter, None, reciting.adapter):
        ask(engine, adapter)
        reused.append(engine.reused_tokens)
    assert reused == [0, 0, engine.prompt_tokens - 1, engine.prompt_tokens - 1]
    longer = [MESSAGES[0], {"role": "user", "content": "What happened at noon?"}]
    engine.answer(AnswerRequest(longer), lambda text: None, CancelToken())
    assert 20 < engine.reused_tokens < engine.prompt_tokens - 1


def test_length_limit_and_seed(engine: LlamaEngine, reciting: Reciting) -> None:
    engine.load(reciting.path)
    result, _ = ask(engine, max_tokens=3)
    assert (result.ended, result.tokens) == ("length", 3) and TEXT.startswith(result.text)
    wild: dict[str, Any] = {"temperature": 90.0, "top_p": 1.0, "max_tokens": 40}
    first, second, third = (ask(engine, seed=seed, **wild)[0].text for seed in (1, 1, 2))
    assert first == second and first != third and first != TEXT


def test_a_report_that_is_too_long_is_told(engine: LlamaEngine, reciting: Reciting) -> None:
    engine.load(reciting.path)
    request = AnswerRequest([{"role": "user", "content": "long " * 4000}])
    with pytest.raises(EngineError, match="shorten the report") as caught:
        engine.answer(request, lambda text: None, CancelToken())
    assert caught.value.code == "engine-too-long"
    assert ask(engine)[0].text == TEXT  # the child goes on


def test_files_that_are_no_models_are_told(engine: LlamaEngine, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + b"\xff" * 400)
    with pytest.raises(EngineError, match="damaged or of a kind"):
        engine.load(damaged)
    with pytest.raises(EngineError, match="file is missing"):
        engine.load(tmp_path / "none.gguf")
    assert engine.pid is None


def test_an_adapter_that_is_none_is_told_and_the_base_still_answers(engine: LlamaEngine, reciting: Reciting) -> None:
    engine.load(reciting.path)
    with pytest.raises(EngineError, match="does not fit the model"):
        ask(engine, b"GGUF" + b"\0" * 100)
    assert ask(engine)[0].text == TEXT
    assert ask(engine, reciting.adapter)[0].text == OTHER


def test_a_model_of_another_template_answers(engine: LlamaEngine, tmp_path: Path) -> None:
    zephyr = "{% for m in messages %}<|user|>\n{{ m.content }}<|endoftext|>\n{% endfor %}"
    tiny_gguf.write_model(tmp_path / "model.gguf", TEXT, template=zephyr)
    engine.load(tmp_path / "model.gguf")
    assert ask(engine)[0].text == TEXT


def test_a_model_whose_template_nobody_knows_is_refused(engine: LlamaEngine, tmp_path: Path) -> None:
    tiny_gguf.write_model(tmp_path / "model.gguf", TEXT, template="{{ messages }} in a way of its own")
    engine.load(tmp_path / "model.gguf")
    with pytest.raises(EngineError, match="choose an instruct model"):
        ask(engine)
