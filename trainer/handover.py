# SPDX-License-Identifier: Apache-2.0
"""From a trained LoRA to proven bytes: PEFT files in the private folder, llama.cpp's script, the proof, the wire."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch

from trainer.export_gguf import convert_adapter
from trainer.grpo import Trained
from trainer.llama import LlamaModel
from trainer.proof import prove
from trainer.protocol import Phase, chunks_of
from trainer.reporting import Emit


class ProofError(RuntimeError):
    """The converted adapter does not answer like the trained model; the message is one sentence."""


def hand_over(trained: Trained, model_dir: Path, base: LlamaModel, folder: Path, emit: Emit) -> bytes:
    """Convert, prove and send the adapter; returns the GGUF's bytes. Raises `ProofError` and sends nothing unproved."""
    emit(Phase("converting"))
    gguf, safetensors = _convert(trained, model_dir, folder)
    emit(Phase("proving"))
    tokenizer = trained.loaded.tokenizer
    proof = prove(lambda text: tokenizer.encode(text, add_special_tokens=False), _logits_of(trained.loaded.model), base,
                  gguf, trained.texts)
    emit(proof)
    if not proof.passed:
        raise ProofError("The converted version does not answer like the trained one, so it was not kept; train again, "
                         "and if it happens again choose another model.")
    for name, data in (("adapter.safetensors", safetensors), ("adapter.gguf", gguf)):
        for chunk in chunks_of(name, data):
            emit(chunk)
    return gguf


def _convert(trained: Trained, model_dir: Path, folder: Path) -> tuple[bytes, bytes]:
    """The adapter as GGUF and as safetensors; the files between are gone when this returns."""
    peft = folder / "adapter"
    target = folder / "adapter.gguf"
    try:
        trained.loaded.model.save_pretrained(str(peft), save_embedding_layers=False)
        convert_adapter(peft, model_dir, target)
        return target.read_bytes(), (peft / "adapter_model.safetensors").read_bytes()
    finally:
        shutil.rmtree(peft, ignore_errors=True)
        target.unlink(missing_ok=True)


def _logits_of(model: Any) -> Any:
    """The model with its LoRA, without the mixed precision that training wraps around the outermost module."""
    base = model.get_base_model()
    base.eval()

    def logits(ids: list[int]) -> np.ndarray:
        with torch.inference_mode():
            out = base(input_ids=torch.tensor([ids], device=model.device), use_cache=False)
        result: np.ndarray = out.logits[0].float().cpu().numpy()
        return result

    return logits
