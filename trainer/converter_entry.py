# SPDX-License-Identifier: Apache-2.0
"""Runs one of llama.cpp's own conversion scripts in a process of its own; only its tests import it.

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
from collections.abc import Callable
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


def _split_and_hash(ask: Callable[[Any, Any], str], model: Any, tokenizer: Any) -> tuple[str | None, str]:
    """The script's name for how a tokenizer splits, None for one that is not on its list, and the hash it went by."""
    listener = _Listener(tokenizer)
    try:
        return ask(model, listener), listener.sha256
    except NotImplementedError:
        # The script has no other way to say "not on my list". Without a hash it failed before it looked there.
        if not listener.sha256:
            raise
        return None, listener.sha256


def _accept(pre_hash: str) -> None:
    from conversion.base import TextModel

    known = TextModel.get_vocab_base_pre

    def get_vocab_base_pre(self: Any, tokenizer: Any) -> str:
        split, found = _split_and_hash(known, self, tokenizer)
        if split is None and found != pre_hash:
            raise NotImplementedError("llama.cpp does not know how this tokenizer splits a text, and no card names it.")
        return split or "qwen2"

    TextModel.get_vocab_base_pre = get_vocab_base_pre


def _fingerprint(model_dir: str) -> str:
    from conversion.base import TextModel
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model_dir, local_files_only=True)
    return _split_and_hash(TextModel.get_vocab_base_pre, None, tokenizer)[1]


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
