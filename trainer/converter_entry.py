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
from typing import Any, NoReturn


class _Heard(Exception):  # noqa: N818 - the end of listening, not an error
    """The script has had its stress text encoded; `sha256` is the hash that it will look for."""

    def __init__(self, sha256: str) -> None:
        super().__init__(sha256)
        self.sha256 = sha256


class _Listener:
    """Stands in the tokenizer's place until the script has asked for its text, and hashes it as the script does."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def encode(self, text: str) -> NoReturn:
        raise _Heard(hashlib.sha256(str(self._tokenizer.encode(text)).encode()).hexdigest())


def _hash_of(ask: Callable[[Any, Any], str], tokenizer: Any) -> str:
    """The hash by which `ask`, the script's own function, would know the tokenizer."""
    try:
        ask(None, _Listener(tokenizer))
    except _Heard as heard:
        return heard.sha256
    raise SystemExit("llama.cpp's script did not ask the tokenizer for its text; this version of it is not supported.")


def _accept(pre_hash: str) -> None:
    from conversion.base import TextModel

    known = TextModel.get_vocab_base_pre

    def get_vocab_base_pre(self: Any, tokenizer: Any) -> str:
        return "qwen2" if _hash_of(known, tokenizer) == pre_hash else known(self, tokenizer)

    TextModel.get_vocab_base_pre = get_vocab_base_pre


def _fingerprint(model_dir: str) -> str:
    from conversion.base import TextModel
    from transformers import AutoTokenizer

    return _hash_of(TextModel.get_vocab_base_pre, AutoTokenizer.from_pretrained(model_dir, local_files_only=True))


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
