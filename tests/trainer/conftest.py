# SPDX-License-Identifier: Apache-2.0
"""A tiny random Llama with a tokenizer of the starter's kind, `python -m trainer` to talk to, pieces of the corpus."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer
from trainer_talk import ANSWER, PASSAGES, ROOT, Conversation, scenario_json

from trainer import surroundings
from trainer.practice.citations import Passage
from trainer.practice.generator import Banks, load_banks
from trainer.practice.scenario import Scenario, parse_scenario
from trainer.starter import examples
from trainer.starter.corpus import CorpusWriter, Example

os.environ.update({name: value for name, value in surroundings.OFFLINE.items() if name not in os.environ})


@pytest.fixture(scope="session")
def scenarios() -> list[Scenario]:
    return [parse_scenario(scenario_json(number)) for number in range(5)]


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Hugging Face folder: hidden 64, 2 layers, grouped heads, tied embeddings, 512 tokens, ChatML."""
    import torch
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM

    from trainer.practice.prompt import SYSTEM
    from trainer.starter import tokenizer as starter

    folder = tmp_path_factory.mktemp("models") / "tiny"
    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(starter.SPLIT), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    words.decoder = decoders.ByteLevel()
    texts = [SYSTEM, ANSWER, json.dumps(scenario_json(1)), json.dumps(PASSAGES)]
    words.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=512, special_tokens=[starter.END_OF_TEXT, starter.TURN_START, starter.TURN_END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    starter.save(words, folder)
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(
        hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=160,
        vocab_size=words.get_vocab_size(), max_position_embeddings=1536, tie_word_embeddings=True, bos_token_id=None,
        eos_token_id=words.token_to_id(starter.TURN_END), pad_token_id=words.token_to_id(starter.END_OF_TEXT)))
    _teach(model, folder)
    model.save_pretrained(folder)
    return folder


def _teach(model: Any, folder: Path) -> None:
    """A minute part of the starter's schooling: tags and headings come out often, and not always."""
    from trainer.loading import encode_prompt  # first: it imports Unsloth

    # isort: split
    import torch
    from transformers import AutoTokenizer

    from trainer.prompts import prepare

    tokenizer = AutoTokenizer.from_pretrained(folder)
    tasks = prepare([parse_scenario(scenario_json(number)) for number in range(5)], [Passage(**p) for p in PASSAGES], 3)
    prompts = [encode_prompt(tokenizer, task.messages) for task in tasks]
    answer = tokenizer.encode(ANSWER + tokenizer.eos_token)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for step in range(60):
        ids = torch.tensor([prompts[step % len(prompts)] + answer])
        labels = ids.clone()
        labels[:, : -len(answer)] = -100
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()


@pytest.fixture(scope="session")
def pre_hash(tiny_model: Path) -> str:
    from trainer.export_gguf import fingerprint

    return fingerprint(tiny_model)


@pytest.fixture(scope="session")
def tiny_gguf(tiny_model: Path, pre_hash: str) -> Path:
    """The tiny model at Q8_0, the starter's type."""
    from trainer.export_gguf import convert_model

    target = tiny_model.parent / "tiny-q8_0.gguf"
    convert_model(tiny_model, target, "q8_0", pre_hash=pre_hash)
    return target


@pytest.fixture
def trainer_process(tmp_path: Path) -> Iterator[Any]:
    """Starts `python -m trainer`; whatever still runs at the end of the test is killed."""
    started: list[Conversation] = []

    def begin() -> Conversation:
        temporary = tmp_path / f"tmp-{len(started)}"
        temporary.mkdir(mode=0o700)
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "UNSLOTH_"))}
        environ.pop("CI", None)
        environ |= {"TMPDIR": str(temporary), "PYTHONPATH": str(ROOT), "HOME": str(temporary)}
        process = subprocess.Popen(
            [sys.executable, "-m", "trainer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            cwd=temporary, env=environ, start_new_session=True)
        threading.Thread(target=_drain, args=(process,), daemon=True).start()
        started.append(Conversation(process, temporary))
        return started[-1]

    yield begin
    for conversation in started:
        if conversation.process.poll() is None:
            conversation.process.kill()
            conversation.process.wait()


def _drain(process: subprocess.Popen[bytes]) -> None:
    """Keep stderr flowing and show it in the test's own output."""
    assert process.stderr is not None
    for line in process.stderr:
        sys.stderr.write(line.decode("utf-8", "replace"))


@pytest.fixture(scope="session")
def banks() -> Banks:
    return load_banks(ROOT / "assets" / "practice" / "scenarios")


@pytest.fixture(scope="session")
def writer() -> CorpusWriter:
    return CorpusWriter(tomllib.loads((ROOT / "assets" / "practice" / "gate.toml").read_text(encoding="utf-8"))["code"])


@pytest.fixture(scope="session")
def written(banks: Banks, writer: CorpusWriter) -> list[Example]:
    """Whole answers."""
    return list(itertools.islice(examples.stream(writer, banks, seed=4, short_share=0.0), 200))


@pytest.fixture(scope="session")
def short(banks: Banks, writer: CorpusWriter) -> list[Example]:
    """Answers that end behind the decision between the two forms."""
    return list(itertools.islice(examples.stream(writer, banks, seed=4, short_share=1.0), 200))


@pytest.fixture(scope="session")
def words() -> Tokenizer:
    return Tokenizer.from_file(str(ROOT / "assets" / "starter" / "tokenizer.json"))
