# SPDX-License-Identifier: Apache-2.0
"""Runs one of llama.cpp's own conversion scripts in a process of its own. Not imported by anything.

    python converter_entry.py CONVERTER_DIR PRE_HASH convert_hf_to_gguf.py ARGUMENT...
    python converter_entry.py CONVERTER_DIR "" fingerprint MODEL_DIR        prints a tokenizer's PRE_HASH

The script knows a byte-level BPE by the hash of what it makes of one stress text, and stops at one that is not on its
list, as ours is not. Our tokenizer splits like Qwen2's, so for the one hash PRE_HASH, and no other, the answer is
"qwen2"; the conversion proof checks afterwards that this is true token for token.
"""

from __future__ import annotations

import hashlib
import os
import runpy
import sys
from pathlib import Path
from typing import Any


class _Listener:
    """Stands before a tokenizer and remembers the hash of the last text's tokens, made as the script makes it."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.sha256 = ""

    def encode(self, text: str) -> list[int]:
        ids = self._tokenizer.encode(text)
        self.sha256 = hashlib.sha256(str(ids).encode()).hexdigest()
        return ids


def _accept(pre_hash: str) -> None:
    from conversion.base import TextModel

    known = TextModel.get_vocab_base_pre

    def get_vocab_base_pre(self: Any, tokenizer: Any) -> str:
        listener = _Listener(tokenizer)
        try:
            return known(self, listener)
        except NotImplementedError:
            if listener.sha256 != pre_hash:
                raise
            return "qwen2"

    TextModel.get_vocab_base_pre = get_vocab_base_pre


def _fingerprint(model_dir: str) -> str:
    from conversion.base import TextModel
    from transformers import AutoTokenizer

    listener = _Listener(AutoTokenizer.from_pretrained(model_dir, local_files_only=True))
    try:
        TextModel.get_vocab_base_pre(None, listener)
    except NotImplementedError:
        return listener.sha256
    return listener.sha256


def main() -> None:
    converter_dir, pre_hash, script, *arguments = sys.argv[1:]
    os.environ.pop("NO_LOCAL_GGUF", None)
    sys.path[:0] = [converter_dir, str(Path(converter_dir) / "gguf-py")]
    if script == "fingerprint":
        print(_fingerprint(arguments[0]))
        return
    _accept(pre_hash)
    sys.argv = [script, *arguments]
    runpy.run_path(str(Path(converter_dir) / script), run_name="__main__")


if __name__ == "__main__":
    main()
