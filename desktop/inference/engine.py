# SPDX-License-Identifier: Apache-2.0
"""The port `Engine` over the answer process: starts it when it is needed, follows an answer, survives its death.

The child is kept while a model is loaded. If it dies, hangs or ignores a cancel it is ended, the request is told in one
sentence, and the next request starts a fresh one with the same model.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop.cancel import CancelToken
from desktop.errors import EngineError
from desktop.inference.lines import PipeClosed
from desktop.inference.process import AnswerProcess
from desktop.ports import AnswerRequest, AnswerResult, ModelInfo

DIED = "The model's process ended unexpectedly; this answer is lost. Try again: it starts anew."
SILENT = "The model's process stopped responding and was ended; try again, or choose a smaller model."
#: The child shows life every second, even inside a long computation.
SILENCE_LIMIT_S = 120.0
CANCEL_GRACE_S = 0.7
LOOK_EVERY_S = 0.05
ADAPTER_CHUNK_BYTES = 384 * 1024


class LlamaEngine:
    """llama.cpp in a child process. One request at a time; `close` may be called from anywhere."""

    def __init__(self) -> None:
        self._process: AnswerProcess | None = None
        self._info: ModelInfo | None = None
        self._wanted: Path | None = None
        self._adapter = ""
        self._requests = 0
        self.prompt_tokens = self.reused_tokens = 0

    @property
    def pid(self) -> int | None:
        """The child's process id while it lives."""
        return self._process.pid if self._process and self._process.is_alive else None

    def load(self, model: Path) -> ModelInfo:
        """Make `model` ready; does nothing when it is ready already."""
        model = model.absolute()
        if self._info and self._info.path == model and self.pid:
            return self._info
        self.close()
        self._wanted = model
        if not model.is_file():
            raise EngineError("The model's file is missing; choose another model, or reinstall the program.",
                              code="engine-model-missing")
        process = self._process = AnswerProcess()
        try:
            hello = self._await(process, "hello")
            process.send("load", path=str(model))
            event = self._await(process, "loaded")
        except PipeClosed:
            self._drop()
            raise EngineError("The model could not be started; check the installation with `circlekeeper doctor`.",
                              code="engine-start") from None
        except BaseException:
            self._drop()
            raise
        self._info = ModelInfo(
            model, event["description"], event["parameters"], event["size_bytes"], event["context_tokens"],
            hello["library"], hello["network_denied"],
        )
        return self._info

    def answer(self, request: AnswerRequest, on_text: Callable[[str], None], cancel: CancelToken) -> AnswerResult:
        """Answer with the loaded model; a child that died since the last request is replaced without a word."""
        if self._wanted is None:
            raise EngineError("No model is chosen; choose a model first.", code="engine-no-model")
        self.load(self._wanted)
        process = self._process
        assert process is not None
        try:
            self._send_adapter(process, request.adapter)
            return self._answer(process, request, on_text, cancel)
        except PipeClosed:
            self._drop()
            raise EngineError(DIED, code="engine-died") from None
        except EngineError:
            raise  # told by the child, which goes on, or raised after it was dropped
        except BaseException:
            self._drop()  # the caller's own trouble: what the child still sends must not reach the next request
            raise

    def close(self) -> None:
        """End the child; the model stays chosen, so a later request starts a fresh one."""
        self._drop()

    def _answer(
        self, process: AnswerProcess, request: AnswerRequest, on_text: Callable[[str], None], cancel: CancelToken
    ) -> AnswerResult:
        self._requests += 1
        started, pieces = time.monotonic(), list[str]()
        process.send(
            "answer", id=self._requests, messages=request.messages, temperature=request.temperature,
            adapter=self._adapter if request.adapter is not None else "", top_p=request.top_p, seed=request.seed,
            max_tokens=request.max_tokens,
        )
        last_event, cancel_deadline = started, float("inf")
        while True:
            event = process.read(LOOK_EVERY_S)
            now = time.monotonic()
            if cancel.is_cancelled and cancel_deadline == float("inf"):
                cancel_deadline = now + CANCEL_GRACE_S
                process.send("cancel", id=self._requests)
            if now > cancel_deadline:
                self._drop()
                return AnswerResult("".join(pieces), len(pieces), now - started, 0.0, "cancelled")
            if event is None:
                self._require_life(last_event)
                continue
            last_event = now
            if event["type"] == "text" and not cancel.is_cancelled:
                pieces.append(event["text"])
                on_text(event["text"])
            elif event["type"] == "failed":
                raise EngineError(event["sentence"], code=f"engine-{event['code']}")
            elif event["type"] == "done":
                return self._result(event, "".join(pieces))

    def _result(self, event: dict[str, Any], text: str) -> AnswerResult:
        self.prompt_tokens, self.reused_tokens = event["prompt_tokens"], event["reused"]
        return AnswerResult(text, event["tokens"], event["seconds"], event["first_token_s"], event["ended"])

    def _send_adapter(self, process: AnswerProcess, data: bytes | None) -> None:
        """Hand a trained version over unless the child has it; the bytes go through the pipe, never through a path."""
        if data is None:
            return
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 == self._adapter:
            return
        self._adapter = ""
        for start in range(0, max(1, len(data)), ADAPTER_CHUNK_BYTES):
            chunk = base64.b64encode(data[start:start + ADAPTER_CHUNK_BYTES]).decode("ascii")
            process.send("adapter", sha256=sha256, data=chunk, last=start + ADAPTER_CHUNK_BYTES >= len(data))
        self._await(process, "adapter_ready")
        self._adapter = sha256

    def _await(self, process: AnswerProcess, kind: str) -> dict[str, Any]:
        last_event = time.monotonic()
        while True:
            event = process.read(1.0)
            if event is None:
                self._require_life(last_event)
                continue
            last_event = time.monotonic()
            if event["type"] == "failed":
                raise EngineError(event["sentence"], code=f"engine-{event['code']}")
            if event["type"] == kind:
                return event

    def _require_life(self, last_event: float) -> None:
        if time.monotonic() - last_event > SILENCE_LIMIT_S:
            self._drop()
            raise EngineError(SILENT, code="engine-silent")

    def _drop(self) -> None:
        process, self._process = self._process, None
        self._info, self._adapter = None, ""
        if process:
            process.end()
