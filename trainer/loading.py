# SPDX-License-Identifier: Apache-2.0
"""Loads a model folder through Unsloth with a fresh LoRA on it. Imports Unsloth before every other library.

Unsloth's loader works on a CPU for a tiny Llama as it does on a GPU: on a CPU it gives back the stock transformers
model in float32 under PEFT and mends TRL's loss, which without it fails there (a Triton kernel is missing).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import unsloth  # first, before transformers, trl and peft: it patches them

# isort: split
import torch
from transformers import AutoTokenizer
from unsloth import FastLanguageModel

from trainer.recipe import Recipe

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
UNSLOTH_VERSION = unsloth.__version__


class ModelError(RuntimeError):
    """The model cannot be trained; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Loaded:
    """A PEFT model with its tokenizer; `trained` are the LoRA's parameters by name, float32."""

    model: Any
    tokenizer: Any
    trained: dict[str, torch.nn.Parameter]
    parameters: int
    device: torch.device

    @property
    def on_gpu(self) -> bool:
        return self.device.type == "cuda"


def load(model_dir: Path, recipe: Recipe, seed: int, prompts: Sequence[Sequence[dict[str, str]]]) -> Loaded:
    """Load the folder's model, with room for the longest of the `prompts` and its answer."""
    require_model(model_dir)
    on_gpu = torch.cuda.is_available()
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(model_dir), local_files_only=True)
        room = max(len(encode_prompt(tokenizer, messages)) for messages in prompts) + recipe.max_completion_tokens
        model, tokenizer = FastLanguageModel.from_pretrained(
            str(model_dir), max_seq_length=room, dtype=None if on_gpu else torch.float32, load_in_4bit=False,
            local_files_only=True,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"The model {model_dir.name} cannot be loaded ({type(error).__name__}); install it again or "
                         "choose another one.") from None
    _require_room(model, model_dir, room)
    torch.manual_seed(seed)
    model = FastLanguageModel.get_peft_model(
        model, r=recipe.lora_rank, lora_alpha=recipe.lora_alpha, lora_dropout=0, bias="none", target_modules=TARGETS,
        use_gradient_checkpointing="unsloth" if on_gpu else False, random_state=seed % 2**31,
    )
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    whole = sum(p.numel() for p in model.parameters()) - sum(p.numel() for p in trained.values())
    return Loaded(model, tokenizer, trained, whole, next(model.parameters()).device)


def encode_prompt(tokenizer: Any, messages: Sequence[dict[str, str]]) -> list[int]:
    """Token ids of a prompt, the assistant's turn opened."""
    return list(tokenizer.apply_chat_template(
        list(messages), add_generation_prompt=True, tokenize=True, return_dict=False))


def require_model(model_dir: Path) -> None:
    """Raise `ModelError` when the folder holds no model of the kind that can be trained."""
    if not (model_dir / "config.json").is_file() or not any(model_dir.glob("*.safetensors")):
        raise ModelError(f"The folder {model_dir.name} holds no model with safetensors weights; choose another model.")


def model_fingerprint(model_dir: Path) -> str:
    """SHA-256 over the configuration and, name, size and first MiB (the table of contents) of each weights file."""
    require_model(model_dir)
    digest = hashlib.sha256((model_dir / "config.json").read_bytes())
    for path in sorted(model_dir.glob("*.safetensors")):
        digest.update(f"{path.name}/{path.stat().st_size}/".encode())
        with path.open("rb") as file:
            digest.update(file.read(1024 * 1024))
    return digest.hexdigest()


def _require_room(model: Any, model_dir: Path, room: int) -> None:
    limit = getattr(model.config, "max_position_embeddings", None)
    if limit and room > limit:
        raise ModelError(f"A prompt with its answer needs {room} tokens and {model_dir.name} holds {limit}; "
                         "shorten the policies or lower \"max_completion_tokens\".")


def cpu_knows_bfloat16() -> bool:
    """True when this processor multiplies bfloat16 in hardware; elsewhere float32 is faster."""
    flags = Path("/proc/cpuinfo")
    try:
        return "avx512_bf16" in flags.read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
