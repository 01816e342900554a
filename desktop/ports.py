# SPDX-License-Identifier: Apache-2.0
"""What services need from the outside, as protocols; the adapters fulfil them and `wiring.py` puts the two together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from desktop.cancel import CancelToken


@dataclass(frozen=True)
class ModelInfo:
    """A loaded model.

    `context_tokens` is the longest text it was trained on; `library` names what runs it, with its version; `is_offline`
    tells whether the system refuses its process every network connection.
    """

    path: Path
    description: str
    parameters: int
    size_bytes: int
    context_tokens: int
    library: str = ""
    is_offline: bool = False


@dataclass(frozen=True)
class AnswerRequest:
    """What a model is to answer. `adapter` is a trained version (LoRA in GGUF); temperature 0 takes the likeliest."""

    messages: list[dict[str, str]] = field(repr=False)
    adapter: bytes | None = field(default=None, repr=False)
    temperature: float = 0.7
    top_p: float = 0.95
    seed: int = 0
    max_tokens: int = 1100


@dataclass(frozen=True)
class AnswerResult:
    """A whole answer. `ended` is "end", "length" or "cancelled"; `first_token_s` counts from the request."""

    text: str = field(repr=False)
    tokens: int
    seconds: float
    first_token_s: float
    ended: str


class Engine(Protocol):
    """A language model in a process of its own; one request at a time. Trouble is raised as `EngineError`."""

    def load(self, model: Path) -> ModelInfo:
        """Make `model` ready; does nothing when it is ready already."""
        ...

    def answer(self, request: AnswerRequest, on_text: Callable[[str], None], cancel: CancelToken) -> AnswerResult:
        """Answer with the loaded model; `on_text` gets every new piece of text as it comes."""
        ...

    def close(self) -> None:
        """End the process and everything it started; a later request starts a fresh one."""
        ...
