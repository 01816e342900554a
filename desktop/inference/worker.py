# SPDX-License-Identifier: Apache-2.0
"""llama.cpp, held by the answer process: loading, contexts, tokens, sampling. Run as a program it is that process.

Decisions. Base and trained version share the model's weights; each has its own context, so that its prefilled prefix
(system text, policies) stays valid: keys computed under one adapter are wrong under another. The longest common token
prefix with the last request is kept. Cancelling works between two tokens and, on a CPU, inside a long prefill.
This is the only module of `desktop` that imports llama_cpp; `session.py` speaks with the app.
"""

from __future__ import annotations

import ctypes
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import llama_cpp as lc

from desktop.inference import chat
from desktop.inference.adapter_file import readable_path
from desktop.inference.cores import physical_cores
from desktop.inference.lines import LineReader
from desktop.inference.session import MAX_CONTEXT_TOKENS, Interrupted, Session, WorkerError

BATCH_TOKENS = 512
FIRST_CONTEXT_TOKENS = 4096
ONE_THREAD_BELOW_PARAMETERS = 50_000_000

_SILENT = lc.llama_log_callback(lambda level, text, data: None)
_MISFIT = "This trained version does not fit the model; train again with this model."


class Context:
    """One llama.cpp context (base, or one adapter) and the tokens whose keys and values it holds."""

    def __init__(self, model: Model, adapter: Any, tokens_wanted: int) -> None:
        params = lc.llama_context_default_params()
        params.n_ctx = min(model.context_tokens, MAX_CONTEXT_TOKENS, max(FIRST_CONTEXT_TOKENS, tokens_wanted))
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.n_threads = params.n_threads_batch = model.threads
        params.abort_callback = model.abort_callback
        self.handle = lc.llama_init_from_model(model.handle, params)
        if not self.handle:
            raise WorkerError("memory", "There is too little memory for this model; close other programs first.")
        self.capacity = int(lc.llama_n_ctx(self.handle))
        self.held: list[int] = []
        if adapter is not None:
            adapters = (lc.llama_adapter_lora_p_ctypes * 1)(adapter)
            if lc.llama_set_adapters_lora(self.handle, adapters, 1, (ctypes.c_float * 1)(1.0)):
                self.free()
                raise WorkerError("adapter", _MISFIT)

    def prefill(self, tokens: list[int]) -> int:
        """Hold exactly `tokens`, computing only what is new; returns how many were reused."""
        keep = _common_prefix(self.held, tokens[:-1])  # the last one is computed again: its logits are needed
        memory = lc.llama_get_memory(self.handle)
        if not lc.llama_memory_seq_rm(memory, 0, keep, -1):
            lc.llama_memory_clear(memory, False)
            keep = 0
        del self.held[keep:]
        for start in range(keep, len(tokens), BATCH_TOKENS):
            self.decode(tokens[start:start + BATCH_TOKENS])
        return keep

    def decode(self, tokens: list[int]) -> None:
        """Compute the next tokens; on an interruption the context is emptied, since part of the batch may be in it."""
        array = (lc.llama_token * len(tokens))(*tokens)
        status = lc.llama_decode(self.handle, lc.llama_batch_get_one(array, len(tokens)))
        if status:
            self.held.clear()
            lc.llama_memory_clear(lc.llama_get_memory(self.handle), False)
            if status == 2:
                raise Interrupted
            raise WorkerError("decode", "The model could not continue; try again, or shorten the report.")
        self.held += tokens

    def free(self) -> None:
        lc.llama_free(self.handle)


class Model:
    """A loaded model, at most one adapter, and a context for each of the two."""

    def __init__(self, path: str, on_progress: Callable[[], None], should_stop: Callable[[], bool]) -> None:
        self.abort_callback = lc.ggml_abort_callback(lambda data: should_stop())

        def go_on(share: float, data: object) -> bool:
            on_progress()
            return True

        progress = lc.llama_progress_callback(go_on)
        params = lc.llama_model_default_params()
        params.progress_callback = progress
        self.handle = lc.llama_model_load_from_file(os.fsencode(path), params)
        if not self.handle:
            raise WorkerError("model", "The model file could not be loaded; it is damaged or of a kind not known here.")
        # Threads wait for each other many times a token by spinning: for a small model that costs more than it brings.
        self.threads = 1 if lc.llama_model_n_params(self.handle) < ONE_THREAD_BELOW_PARAMETERS else physical_cores()
        self.vocabulary = lc.llama_model_get_vocab(self.handle)
        self.context_tokens = int(lc.llama_model_n_ctx_train(self.handle))
        self.template = lc.llama_model_chat_template(self.handle, None) or b""
        self.adapter: Any = None
        self.adapter_id = ""
        self._contexts: dict[str, Context] = {}
        self._require_template()

    def describe(self) -> dict[str, Any]:
        """What the app shows about the model."""
        text = ctypes.create_string_buffer(256)
        lc.llama_model_desc(self.handle, text, len(text))
        return {
            "description": text.value.decode("utf-8", "replace"),
            "parameters": int(lc.llama_model_n_params(self.handle)),
            "size_bytes": int(lc.llama_model_size(self.handle)),
            "context_tokens": self.context_tokens,
        }

    def set_adapter(self, adapter_id: str, data: bytes) -> None:
        """Load a trained version and drop the one before; its bytes are not kept."""
        self._drop_adapter()
        with readable_path(data) as path:
            self.adapter = lc.llama_adapter_lora_init(self.handle, os.fsencode(path))
        if not self.adapter:
            self.adapter = None
            raise WorkerError("adapter", _MISFIT)
        self.adapter_id = adapter_id

    def prefill(self, adapter_id: str, prompt: list[int], limit: int) -> int:
        """Make the prompt's prefix ready, with room for an answer of `limit` tokens; returns how much was reused."""
        return self._context(adapter_id, len(prompt) + limit).prefill(prompt)

    def tokens(self, adapter_id: str, limit: int, temperature: float, top_p: float, seed: int) -> Iterator[int]:
        """Draw tokens after the prefilled prompt; the end token comes last, when the model writes one."""
        context, sampler = self._contexts[adapter_id], Sampler(temperature, top_p, seed)
        try:
            for number in range(limit):
                token = sampler.next(context)
                yield token
                if self.is_end(token):
                    return
                if number + 1 < limit:
                    context.decode([token])
        finally:
            sampler.free()

    def _context(self, adapter_id: str, tokens_wanted: int) -> Context:
        """The context of the base ("") or of the adapter, made larger when the request needs it."""
        held = self._contexts.get(adapter_id)
        if held and held.capacity >= min(tokens_wanted, self.context_tokens, MAX_CONTEXT_TOKENS):
            return held
        if held:
            self._contexts.pop(adapter_id).free()
        fresh = Context(self, self.adapter if adapter_id else None, tokens_wanted)
        self._contexts[adapter_id] = fresh
        return fresh

    def encode(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """The prompt's tokens; only what the template itself wrote may become special tokens."""
        first = [lc.llama_vocab_bos(self.vocabulary)] if lc.llama_vocab_get_add_bos(self.vocabulary) else []
        return first + [token for segment in self._segments(messages) for token in self.tokenize(segment)]

    def tokenize(self, segment: chat.Segment) -> list[int]:
        """The tokens of one segment."""
        data = segment.text.encode("utf-8", "replace")
        room = len(data) + 16
        tokens = (lc.llama_token * room)()
        count = lc.llama_tokenize(self.vocabulary, data, len(data), tokens, room, False, segment.is_format)
        if count < 0:
            raise WorkerError("tokens", "The report could not be read by this model; choose another model.")
        return list(tokens[:count])

    def piece(self, token: int) -> bytes:
        """The bytes of one token; format tokens have none."""
        buffer = ctypes.create_string_buffer(512)
        count = lc.llama_token_to_piece(self.vocabulary, token, buffer, len(buffer), 0, False)
        return buffer.raw[: max(0, count)]

    def is_end(self, token: int) -> bool:
        """True for the end of the answer and for any format token, which an answer never holds."""
        return bool(lc.llama_vocab_is_eog(self.vocabulary, token) or lc.llama_vocab_is_control(self.vocabulary, token))

    def _segments(self, messages: Sequence[dict[str, str]]) -> list[chat.Segment]:
        template = self.template.decode("utf-8", "replace")
        if not template or chat.is_chatml(template):
            return chat.chatml(messages, close_thinking=chat.thinks_first(template))
        nonce = f"ck{secrets.token_hex(8)}x"
        try:
            return chat.fill(self._apply_template(chat.placeholders(messages, nonce)), messages, nonce)
        except ValueError:
            raise _no_template() from None

    def _apply_template(self, messages: Sequence[dict[str, str]]) -> str:
        turns = (lc.llama_chat_message * len(messages))(
            *(lc.llama_chat_message(m["role"].encode(), m["content"].encode()) for m in messages)
        )
        buffer = ctypes.create_string_buffer(1 << 16)
        size = lc.llama_chat_apply_template(self.template, turns, len(messages), True, buffer, len(buffer))
        if not 0 < size <= len(buffer):
            raise ValueError("llama.cpp does not know the template")
        return buffer.raw[:size].decode("utf-8", "replace")

    def _require_template(self) -> None:
        """A model without a chat template is usable only if it knows ChatML's tokens."""
        if not self.template and len(self.tokenize(chat.Segment(chat.TURN_START, True))) != 1:
            raise _no_template()

    def _drop_adapter(self) -> None:
        if self.adapter is None:
            return
        held = self._contexts.pop(self.adapter_id, None)
        if held:
            held.free()
        lc.llama_adapter_lora_free(self.adapter)
        self.adapter, self.adapter_id = None, ""


class Sampler:
    """Temperature, then top-p, then a seeded draw; temperature 0 takes the likeliest token."""

    def __init__(self, temperature: float, top_p: float, seed: int) -> None:
        self._chain = lc.llama_sampler_chain_init(lc.llama_sampler_chain_default_params())
        if temperature <= 0:
            lc.llama_sampler_chain_add(self._chain, lc.llama_sampler_init_greedy())
            return
        lc.llama_sampler_chain_add(self._chain, lc.llama_sampler_init_temp(temperature))
        lc.llama_sampler_chain_add(self._chain, lc.llama_sampler_init_top_p(top_p, 1))
        lc.llama_sampler_chain_add(self._chain, lc.llama_sampler_init_dist(seed & 0xFFFFFFFF))

    def next(self, context: Context) -> int:
        return int(lc.llama_sampler_sample(self._chain, context.handle, -1))

    def free(self) -> None:
        lc.llama_sampler_free(self._chain)


def _common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    shorter = min(len(first), len(second))
    return next((index for index in range(shorter) if first[index] != second[index]), shorter)


def _no_template() -> WorkerError:
    return WorkerError("template", "This model has no chat template that is known here; choose an instruct model.")


def main() -> None:
    """Take the two pipes, shut the network, and work."""
    from desktop.offline import deny_network, harden_process

    events_fd = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not get between the events
    enforcement = deny_network()
    harden_process()
    lc.llama_log_set(_SILENT, ctypes.c_void_p(0))
    lc.llama_backend_init()
    session = Session(LineReader(0), events_fd, Model)
    session.run(library=f"llama.cpp ({lc.__version__})", network_denied=enforcement.is_enforced)


if __name__ == "__main__":
    main()
