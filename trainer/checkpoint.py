# SPDX-License-Identifier: Apache-2.0
"""A training run's state as bytes: adapter, optimizer, step and time spent. Safetensors, never pickle.

Random numbers need no room here: every step seeds its generators from (the run's seed, the step's number), and the
order of the prompts is a function of the seed, so a run that goes on draws what it would have drawn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

FORMAT = 1
_FACTS = "facts"
_WEIGHTS, _OPTIMIZER = "adapter/", "optimizer/"


class CheckpointError(ValueError):
    """The checkpoint does not fit; the message is one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class RunFacts:
    """What identifies a run and says how far it is; seconds are of training alone."""

    seed: int
    steps: int
    seconds: float
    base_sha256: str
    recipe: str
    format: int = FORMAT


def pack(facts: RunFacts, weights: Mapping[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer) -> bytes:
    """The checkpoint's bytes. `weights` are the trained parameters by name, `optimizer` an AdamW over them."""
    tensors = {_FACTS: torch.frombuffer(bytearray(json.dumps(asdict(facts)).encode()), dtype=torch.uint8)}
    for name, parameter in weights.items():
        tensors[_WEIGHTS + name] = parameter.detach().cpu().contiguous()
        for key, value in optimizer.state.get(parameter, {}).items():
            tensors[f"{_OPTIMIZER}{key}/{name}"] = torch.as_tensor(value).detach().cpu().contiguous()
    return save(tensors)


def read_facts(data: bytes) -> RunFacts:
    """The facts alone; raises `CheckpointError`."""
    return _facts(_load(data))


def restore(data: bytes, weights: Mapping[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer) -> RunFacts:
    """Put a checkpoint's values into `weights` and `optimizer`; raises `CheckpointError` when they do not fit."""
    tensors = _load(data)
    facts = _facts(tensors)
    stored = {name.removeprefix(_WEIGHTS) for name in tensors if name.startswith(_WEIGHTS)}
    if stored != set(weights):
        raise CheckpointError("The saved run trained other parts of the model; start a new run instead of resuming.")
    with torch.no_grad():
        for name, parameter in weights.items():
            value = tensors[_WEIGHTS + name]
            if value.shape != parameter.shape:
                raise CheckpointError("The saved run has another adapter size; start a new run instead of resuming.")
            parameter.copy_(value)
            state = _optimizer_state(tensors, name, parameter)
            if state:
                optimizer.state[parameter] = state
    return facts


def _optimizer_state(
    tensors: Mapping[str, torch.Tensor], name: str, parameter: torch.Tensor,
) -> dict[str, torch.Tensor]:
    state = {}
    for key in ("step", "exp_avg", "exp_avg_sq"):
        value = tensors.get(f"{_OPTIMIZER}{key}/{name}")
        if value is not None:
            # AdamW keeps its step counter on the CPU, the averages beside their parameter.
            state[key] = value.clone() if key == "step" else value.to(parameter.device, parameter.dtype, copy=True)
    return state


def _load(data: bytes) -> dict[str, torch.Tensor]:
    try:
        return load(data)
    except (SafetensorError, ValueError, KeyError):
        raise CheckpointError("The saved run is damaged; start a new run instead of resuming.") from None


def _facts(tensors: Mapping[str, torch.Tensor]) -> RunFacts:
    try:
        values = json.loads(bytes(tensors[_FACTS].tolist()))
        facts = RunFacts(**{item.name: values[item.name] for item in fields(RunFacts)})
    except (KeyError, TypeError, ValueError):
        raise CheckpointError("The saved run is damaged; start a new run instead of resuming.") from None
    if facts.format != FORMAT:
        raise CheckpointError("The saved run was made by another version; start a new run instead of resuming.")
    return facts
