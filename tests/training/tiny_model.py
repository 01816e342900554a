# SPDX-License-Identifier: Apache-2.0
"""Makes a tiny random model that can be trained, weights and GGUF, with the trainer's Python: tiny_model.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch  # noqa: E402
from transformers import LlamaConfig, LlamaForCausalLM  # noqa: E402

from trainer.export_gguf import convert_model, fingerprint  # noqa: E402
from trainer.practice.prompt import SYSTEM  # noqa: E402
from trainer.starter import tokenizer as starter  # noqa: E402


def main() -> None:
    folder = Path(sys.argv[1])
    words = starter.train([SYSTEM])
    starter.save(words, folder)
    torch.manual_seed(0)
    LlamaForCausalLM(LlamaConfig(
        hidden_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=160,
        vocab_size=words.get_vocab_size(), max_position_embeddings=2048, tie_word_embeddings=True, bos_token_id=None,
        eos_token_id=words.token_to_id(starter.TURN_END), pad_token_id=words.token_to_id(starter.END_OF_TEXT),
    )).save_pretrained(folder)
    convert_model(folder, folder / "tiny.gguf", "q8_0", pre_hash=fingerprint(folder))


if __name__ == "__main__":
    main()
