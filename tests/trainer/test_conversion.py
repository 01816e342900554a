# SPDX-License-Identifier: Apache-2.0
"""Conversion by llama.cpp's own scripts, and the proof that tells a right one from a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from trainer_talk import PASSAGES

from trainer import converter_entry
from trainer.export_gguf import ExportError, card_pre_hash, convert_adapter, convert_model, fingerprint, quantise
from trainer.llama import Ask, LlamaError, LlamaModel
from trainer.proof import MAX_NMSE, nasty_texts, prove

TEXTS = [PASSAGES[0]["text"] * 6, PASSAGES[1]["text"] * 6]


@pytest.fixture(scope="module")
def adapter(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, bytes]:
    """A PEFT model with a random LoRA on every linear layer, and the same as GGUF."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(2)
    base = AutoModelForCausalLM.from_pretrained(tiny_model, dtype=torch.float32)
    model = get_peft_model(base, LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", init_lora_weights=False))
    folder = tmp_path_factory.mktemp("adapter")
    model.save_pretrained(str(folder))
    convert_adapter(folder, tiny_model, folder / "adapter.gguf")
    return model.eval(), (folder / "adapter.gguf").read_bytes()


def proof_of(tiny_model: Path, gguf: Path, model: Any, adapter: bytes | None) -> Any:
    import torch
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)

    def logits(ids: list[int]) -> Any:
        with torch.inference_mode():
            return model(input_ids=torch.tensor([ids])).logits[0].numpy()

    with LlamaModel(gguf) as llama:
        return prove(lambda text: tokenizer.encode(text, add_special_tokens=False), logits, llama, adapter, TEXTS)


def test_the_proof_passes_on_the_right_adapter_and_fails_without_it(
    tiny_model: Path, tiny_gguf: Path, adapter: tuple[Any, bytes]
) -> None:
    model, gguf = adapter
    right = proof_of(tiny_model, tiny_gguf, model, gguf)
    assert right.passed and right.token_ids_equal and right.positions >= 500
    assert right.nmse < MAX_NMSE["7"] and right.top1 > 0.9
    wrong = proof_of(tiny_model, tiny_gguf, model, None)
    assert not wrong.passed and wrong.token_ids_equal and wrong.nmse > 10 * right.nmse


def test_in_float32_the_logits_agree_to_rounding(
    tiny_model: Path, pre_hash: str, adapter: tuple[Any, bytes], tmp_path: Path
) -> None:
    convert_model(tiny_model, tmp_path / "f32.gguf", "f32", pre_hash=pre_hash)
    proof = proof_of(tiny_model, tmp_path / "f32.gguf", *adapter)
    assert proof.passed and proof.nmse < MAX_NMSE["0"]
    quantise(tmp_path / "f32.gguf", tmp_path / "q8.gguf", "q8_0")
    assert proof_of(tiny_model, tmp_path / "q8.gguf", *adapter).passed


def test_a_tokenizer_that_no_hash_names_is_refused(tiny_model: Path, pre_hash: str, tmp_path: Path) -> None:
    assert len(pre_hash) == 64 and fingerprint(tiny_model) == pre_hash
    with pytest.raises(ExportError):
        convert_model(tiny_model, tmp_path / "no.gguf", "f32", pre_hash="0" * 64)
    card = tmp_path / "card.json"
    card.write_text('{"tokenizer_pre_hash": "abc"}', encoding="utf-8")
    assert card_pre_hash(card) == "abc" and card_pre_hash(tmp_path / "none.json") == ""


def test_a_folder_without_a_tokenizer_has_no_fingerprint(tmp_path: Path) -> None:
    with pytest.raises(ExportError):
        fingerprint(tmp_path)


def test_a_script_that_does_not_ask_the_tokenizer_is_refused_in_one_sentence() -> None:
    with pytest.raises(SystemExit, match="did not ask the tokenizer"):
        converter_entry._hash_of(lambda _, __: "qwen2", None)


def test_there_are_enough_nasty_texts() -> None:
    texts = nasty_texts(["a short text"])
    assert len(texts) >= 200 and any("\u0000" in text for text in texts) and any("<|im_end|>" in text for text in texts)


@pytest.mark.parametrize("threads", [1, 3])
def test_sampling_is_reproducible_and_does_not_depend_on_the_company(tiny_gguf: Path, threads: int) -> None:
    with LlamaModel(tiny_gguf, threads) as model:
        prompt = model.prompt_ids([{"role": "user", "content": "Student A took a pencil case."}])
        asks = [Ask(prompt, [1, 2, 3]), Ask(prompt[:7], [4]), Ask(prompt, [1, 2, 3])]
        heard: list[tuple[int, int]] = []
        answers = model.sample(asks, max_tokens=16, on_answer=lambda ask, copy, _: heard.append((ask, copy)))
        assert sorted(heard) == [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (2, 1), (2, 2)]
        assert answers[0] == answers[2] and len({tuple(a) for a in answers[0]}) == 3
        greedy = model.sample([Ask(prompt, [1])], max_tokens=8, temperature=0)[0][0]
        ids = list(prompt)
        for _ in range(8):
            ids.append(int(model.logits(ids)[-1].argmax()))
        assert ids[len(prompt):][: len(greedy)] == greedy
        with pytest.raises(LlamaError, match="tokens"):
            model.sample([Ask(prompt, [1])], max_tokens=5000)
        with pytest.raises(LlamaError, match="does not fit"):
            model.sample([Ask(prompt, [1])], adapter=b"GGUF nonsense", max_tokens=4)
