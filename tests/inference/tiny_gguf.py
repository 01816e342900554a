# SPDX-License-Identifier: Apache-2.0
"""Writes tiny GGUF models and adapters whose answers are known: real files for the real llama.cpp, made in a second.

A "reciting" model is a Llama of one layer whose attention and feed-forward add nothing, so that the next token depends
on the last one alone: every token has a one-hot embedding and the output matrix maps it to its successor. The tokens
of the texts to recite are unique pieces of them; a prompt consists of single bytes. After the newline that ends
"<|im_start|>assistant\\n" the first text begins. An adapter of rank 1 on the output matrix lets a second one begin.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

SPECIALS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
_ALIGN, _NORMAL, _CONTROL, _STRENGTH = 32, 1, 3, 4.0


def write_model(
    path: Path, text: str, other_text: str = "", *, loop: bool = False, context: int = 16384,
    template: str | None = CHATML, piece_chars: int = 5,
) -> None:
    """A model that recites `text` (over and over if `loop`); `other_text` is known too, for `adapter_bytes`."""
    vocabulary, starts, chains = _vocabulary(text, other_text, piece_chars)
    size = -(-len(vocabulary) // 64) * 64
    output = np.zeros((len(vocabulary), size), np.float32)
    for chain, restarts in ((chains[0], loop), (chains[1], False)):
        for here, following in zip(chain, [*chain[1:], chain[0] if restarts else _special("<|im_end|>")], strict=True):
            output[following, here] = _STRENGTH
    output[starts[0], ord_of("\n")] = _STRENGTH
    tensors = {"token_embd.weight": np.eye(len(vocabulary), size, dtype=np.float32), "output.weight": output,
               "output_norm.weight": np.ones(size, np.float32), **_idle_layer(size)}
    _write(path, _metadata(vocabulary, size, context, template), tensors)


def adapter_bytes(path: Path, text: str, other_text: str, piece_chars: int = 5) -> bytes:
    """A LoRA for `write_model(…, text, other_text)` that makes it recite `other_text`; it is written to `path` too."""
    vocabulary, starts, _ = _vocabulary(text, other_text, piece_chars)
    size = -(-len(vocabulary) // 64) * 64
    down, up = np.zeros((1, size), np.float32), np.zeros((len(vocabulary), 1), np.float32)
    down[0, ord_of("\n")], up[starts[1], 0] = 1.0, 3 * _STRENGTH
    metadata = {"general.type": "adapter", "general.architecture": "llama", "adapter.type": "lora",
                "adapter.lora.alpha": 1.0}
    _write(path, metadata, {"output.weight.lora_a": down, "output.weight.lora_b": up})
    return path.read_bytes()


def ord_of(char: str) -> int:
    """The token of a single byte."""
    return len(SPECIALS) + ord(char)


def _special(text: str) -> int:
    return SPECIALS.index(text)


def _vocabulary(text: str, other: str, piece_chars: int) -> tuple[list[str], tuple[int, int], list[list[int]]]:
    byte_names = _byte_names()
    vocabulary = [*SPECIALS, *(byte_names[byte] for byte in range(256))]
    chains = []
    for source in (text, other or text):
        chain, data = [], source.encode()
        while data:
            length = piece_chars if len(data) >= 2 * piece_chars else len(data)
            while (name := "".join(byte_names[b] for b in data[:length])) in vocabulary:
                length += 1
                assert length <= len(data), "the text repeats itself too much"
            chain.append(len(vocabulary))
            vocabulary.append(name)
            data = data[length:]
        chains.append(chain)
    return vocabulary, (chains[0][0], chains[1][0]), chains


def _byte_names() -> list[str]:
    """The printable stand-in of each byte in byte-level BPE vocabularies."""
    shown = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = iter(range(256, 512))
    return [chr(byte if byte in shown else next(hidden)) for byte in range(256)]


def _idle_layer(size: int) -> dict[str, np.ndarray]:
    square = np.zeros((size, size), np.float32)
    layer = {f"blk.0.attn_{name}.weight": square for name in ("q", "k", "v", "output")}
    layer |= {f"blk.0.{name}_norm.weight": np.ones(size, np.float32) for name in ("attn", "ffn")}
    layer |= {f"blk.0.ffn_{name}.weight": np.zeros((64, size), np.float32) for name in ("gate", "up")}
    return layer | {"blk.0.ffn_down.weight": np.zeros((size, 64), np.float32)}


def _metadata(vocabulary: list[str], size: int, context: int, template: str | None) -> dict[str, Any]:
    types = [_CONTROL if name in SPECIALS else _NORMAL for name in vocabulary]
    metadata = {
        "general.architecture": "llama", "general.name": "reciting", "llama.context_length": context,
        "llama.embedding_length": size, "llama.block_count": 1, "llama.feed_forward_length": 64,
        "llama.attention.head_count": size // 64, "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": 64, "llama.vocab_size": len(vocabulary),
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "qwen2", "tokenizer.ggml.tokens": vocabulary,
        "tokenizer.ggml.token_type": types, "tokenizer.ggml.merges": ["Ā ā"],
        "tokenizer.ggml.eos_token_id": _special("<|im_end|>"), "tokenizer.ggml.add_bos_token": False,
    }
    return metadata | ({"tokenizer.chat_template": template} if template else {})


def _write(path: Path, metadata: dict[str, Any], tensors: dict[str, np.ndarray]) -> None:
    head = struct.pack("<IIQQ", 0x46554747, 3, len(tensors), len(metadata))
    head += b"".join(_string(key) + _value(value) for key, value in metadata.items())
    offset, infos, blobs = 0, b"", []
    for name, array in tensors.items():
        shape = array.shape[::-1]
        infos += _string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, offset)
        blobs.append(array.tobytes().ljust(-(-array.nbytes // _ALIGN) * _ALIGN, b"\0"))
        offset += len(blobs[-1])
    head += infos
    path.write_bytes(head.ljust(-(-len(head) // _ALIGN) * _ALIGN, b"\0") + b"".join(blobs))


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + _string(value)
    if isinstance(value[0], str):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(_string, value))
    return struct.pack(f"<IIQ{len(value)}i", 9, 5, len(value), *value)
