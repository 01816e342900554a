# SPDX-License-Identifier: Apache-2.0
"""A Hugging Face folder becomes a GGUF, a PEFT adapter becomes a GGUF adapter: by llama.cpp's own scripts, in a child.

The scripts come out of the source distribution of the very llama-cpp-python that will run the result, because both
sides of the format change together. Turned down: Unsloth's `save_pretrained_gguf` (it downloads, clones, and may call a
package manager), a converter of our own (it would have to be kept in step with llama.cpp for ever).

    python -m trainer.export_gguf MODEL_DIR OUT.gguf [--type q8_0] [--pre-hash SHA256] [--converter-dir FOLDER]
    python -m trainer.export_gguf MODEL_DIR --fingerprint      the hash that a model card names `tokenizer_pre_hash`
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CONVERTER_VARIABLE = "CIRCLEKEEPER_CONVERTER_DIR"
DIRECT_TYPES = ("f32", "f16", "bf16", "q8_0")
MODEL_SCRIPT, ADAPTER_SCRIPT = "convert_hf_to_gguf.py", "convert_lora_to_gguf.py"
TIMEOUT_S = 3600
_ENTRY = Path(__file__).with_name("converter_entry.py")


class ExportError(RuntimeError):
    """The conversion did not work; the message is one sentence that says what to do."""


def find_converter(converter_dir: Path | None = None) -> Path:
    """The folder with llama.cpp's scripts: as given, else the environment's, else the variable's."""
    configured = os.environ.get(CONVERTER_VARIABLE)
    candidates = [converter_dir, Path(sys.prefix) / "share" / "circlekeeper" / "llama.cpp",
                  Path(configured) if configured else None]
    for folder in candidates:
        if folder and (folder / MODEL_SCRIPT).is_file() and (folder / ADAPTER_SCRIPT).is_file():
            return folder
    raise ExportError("llama.cpp's conversion scripts are not installed; repair the training installation.")


def card_pre_hash(card: Path) -> str:
    """The tokenizer's hash that a model card names, "" when there is none."""
    try:
        value = json.loads(card.read_text(encoding="utf-8")).get("tokenizer_pre_hash", "")
    except (OSError, ValueError, AttributeError):
        return ""
    return value if isinstance(value, str) else ""


def convert_model(
    model_dir: Path, target: Path, kind: str = "q8_0", *, pre_hash: str = "", converter_dir: Path | None = None,
) -> None:
    """Write `model_dir` (config, tokenizer, safetensors) as the GGUF `target`, of one of `DIRECT_TYPES`."""
    if kind not in DIRECT_TYPES:
        raise ExportError(f"A model is converted to one of {', '.join(DIRECT_TYPES)}; quantise the result further.")
    _run(find_converter(converter_dir), pre_hash, MODEL_SCRIPT,
         [str(model_dir), "--outfile", str(target), "--outtype", kind])
    _require_written(target)


def convert_adapter(adapter_dir: Path, model_dir: Path, target: Path, *, converter_dir: Path | None = None) -> None:
    """Write a PEFT adapter (adapter_config.json, adapter_model.safetensors) as a GGUF adapter, float32."""
    _run(find_converter(converter_dir), "", ADAPTER_SCRIPT,
         [str(adapter_dir), "--base", str(model_dir), "--outfile", str(target), "--outtype", "f32"])
    _require_written(target)


def quantise(source: Path, target: Path, kind: str) -> None:
    """Quantise a GGUF further, in a child: llama.cpp may end its process on a model that it cannot handle."""
    finished = subprocess.run(
        [sys.executable, "-m", "trainer.llama", str(source), str(target), kind], cwd=_checkout(), check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=TIMEOUT_S,
    )
    if finished.returncode != 0:
        raise ExportError(f"The model could not be quantised to {kind}; use another type or another model.")
    _require_written(target)


def fingerprint(model_dir: Path, *, converter_dir: Path | None = None) -> str:
    """The hash by which llama.cpp's script knows a tokenizer."""
    return _run(find_converter(converter_dir), "", "fingerprint", [str(model_dir)]).strip()


def _run(converter_dir: Path, pre_hash: str, script: str, arguments: Sequence[str]) -> str:
    command = [sys.executable, "-I", "-X", "utf8", str(_ENTRY), str(converter_dir), pre_hash, script, *arguments]
    try:
        finished = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False, timeout=TIMEOUT_S, encoding="utf-8",
        )
    except subprocess.TimeoutExpired:
        raise ExportError("The conversion took more than an hour and was ended; use a smaller model.") from None
    if finished.returncode != 0:
        raise ExportError("llama.cpp's script could not convert this model; choose one of the recommended models.")
    return finished.stdout


def _require_written(target: Path) -> None:
    if not target.is_file() or target.stat().st_size == 0:
        raise ExportError("The conversion wrote nothing; check that the disk is not full.")


def _checkout() -> Path:
    return Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model_dir", type=Path)
    parser.add_argument("target", type=Path, nargs="?")
    parser.add_argument("--type", default="q8_0", choices=DIRECT_TYPES)
    parser.add_argument("--pre-hash", help="default: tokenizer_pre_hash of MODEL_DIR/card.json")
    parser.add_argument("--converter-dir", type=Path)
    parser.add_argument("--fingerprint", action="store_true")
    arguments = parser.parse_args()
    if arguments.fingerprint:
        print(fingerprint(arguments.model_dir, converter_dir=arguments.converter_dir))
        return
    if arguments.target is None:
        parser.error("name the GGUF file to write")
    pre_hash = arguments.pre_hash or card_pre_hash(arguments.model_dir / "card.json")
    convert_model(arguments.model_dir, arguments.target, arguments.type, pre_hash=pre_hash,
                  converter_dir=arguments.converter_dir)


if __name__ == "__main__":
    main()
