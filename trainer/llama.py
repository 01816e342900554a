# SPDX-License-Identifier: Apache-2.0
"""llama.cpp for the trainer: tokens, logits, and many answers sampled at once. The only importer of `llama_cpp` here.

Answers to many prompts are written side by side: each prompt is read once, its keys and values are copied to the other
answers of the same prompt, and a finished group makes room for the next prompt. Every answer draws from a generator of
its own, so base and adapter are compared on the same random numbers. Each sequence has a memory of its own
(`kv_unified` off): in one shared memory every token would look at the cells of all the others.
"""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import llama_cpp
import numpy as np
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

MAX_PARALLEL = 32
MAX_CACHE_BYTES = 2 * 1024**3
BATCH_TOKENS = 512
#: With smaller heads plain attention writes a third more tokens a second on a CPU than the fused kernel.
FUSED_FROM_HEAD_SIZE = 64
QUANTISATIONS = {"f32": 0, "f16": 1, "q8_0": 7, "q4_k_m": 15, "q5_k_m": 17, "q6_k": 18, "bf16": 32}

KeepGoing = Callable[[], bool]


class LlamaError(RuntimeError):
    """llama.cpp could not do it; the message is one sentence without any text of the prompt."""


@dataclass(frozen=True)
class Ask:
    """One prompt (token ids), and a seed for each answer wanted."""

    prompt: Sequence[int]
    seeds: Sequence[int]


@llama_cpp.llama_log_callback
def _silent(_level: int, _text: bytes, _data: object) -> None:
    """llama.cpp's log may hold words of a prompt."""


def _threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else max(1, (os.cpu_count() or 2) // 2)


class LlamaModel:
    """A loaded GGUF. Use as a context manager, or call `close`."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        llama_cpp.llama_log_set(_silent, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        self.threads = threads or _threads()
        self._model = llama_cpp.llama_model_load_from_file(os.fsencode(path), llama_cpp.llama_model_default_params())
        if not self._model:
            raise LlamaError(f"The model file {path.name} cannot be loaded; install or choose the model again.")
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(self._vocab)
        self.context_tokens = llama_cpp.llama_model_n_ctx_train(self._model)
        self.end_ids = frozenset(i for i in range(self.vocabulary) if llama_cpp.llama_vocab_is_eog(self._vocab, i))

    def __enter__(self) -> LlamaModel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the model; calling it again does nothing."""
        if self._model:
            llama_cpp.llama_model_free(self._model)
            self._model = None

    def fact(self, key: str) -> str:
        """A scalar of the file's metadata as text, "" when it is not there."""
        buffer = ctypes.create_string_buffer(1024)
        length = llama_cpp.llama_model_meta_val_str(self._model, key.encode(), buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace") if length >= 0 else ""

    def tokenize(self, text: str) -> list[int]:
        """Token ids without any token added; format tokens are recognised, as transformers does."""
        data = text.encode("utf-8")
        room = len(data) + 8
        tokens = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocab, data, len(data), tokens, room, False, True)
        if count < 0:
            raise LlamaError("The tokenizer of this model writes more tokens than bytes; use another model.")
        return list(tokens[:count])

    def text(self, ids: Sequence[int]) -> str:
        """The text of token ids, format tokens left out."""
        buffer = ctypes.create_string_buffer(256)
        pieces = []
        for token in ids:
            length = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)
            pieces.append(buffer.raw[: max(0, length)])
        return b"".join(pieces).decode("utf-8", "replace")

    def prompt_ids(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """The messages in the model's own chat format, the assistant's turn opened."""
        template = llama_cpp.llama_model_chat_template(self._model, None)
        if not template:
            raise LlamaError("This model has no chat format; choose an instruct model.")
        rendered = Jinja2ChatFormatter(template.decode("utf-8"), eos_token="", bos_token="")(messages=list(messages))
        return self.tokenize(rendered.prompt)

    def logits(self, ids: Sequence[int], adapter: bytes | None = None) -> np.ndarray:
        """The logits after every token of `ids`, float32 [len(ids), vocabulary]."""
        with self._context(1, len(ids), adapter) as context:
            parts = [context.decode_prompt(ids[i:i + BATCH_TOKENS], 0, i, every=True)
                     for i in range(0, len(ids), BATCH_TOKENS)]
        return np.concatenate(parts)

    def sample(
        self, asks: Sequence[Ask], *, adapter: bytes | None = None, max_tokens: int, temperature: float = 1.0,
        on_answer: Callable[[int, int, list[int]], None] | None = None, keep_going: KeepGoing = lambda: True,
    ) -> list[list[list[int]]]:
        """Sample an answer per seed of every ask; the result has the same shape, ids without the end token.

        `on_answer(ask, copy, ids)` is called as answers finish. When `keep_going` turns false the rest stays empty.
        """
        if not asks:
            return []
        room = max(len(ask.prompt) for ask in asks) + max_tokens
        if room > self.context_tokens:
            raise LlamaError(f"A prompt and its answer need {room} tokens and this model holds {self.context_tokens}; "
                             "shorten the policies or the report.")
        rows = max(max(len(ask.seeds) for ask in asks), min(MAX_PARALLEL, sum(len(ask.seeds) for ask in asks),
                                                            MAX_CACHE_BYTES // (room * self._cache_bytes_per_token())))
        with self._context(rows, room, adapter) as context:
            return _Sampling(self, context, asks, rows, max_tokens, temperature, on_answer).run(keep_going)

    def _head_size(self) -> int:
        return llama_cpp.llama_model_n_embd(self._model) // max(1, llama_cpp.llama_model_n_head(self._model))

    def _cache_bytes_per_token(self) -> int:
        heads = max(1, llama_cpp.llama_model_n_head(self._model))
        width = llama_cpp.llama_model_n_embd(self._model) * llama_cpp.llama_model_n_head_kv(self._model) // heads
        return 2 * 2 * max(1, width) * llama_cpp.llama_model_n_layer(self._model)

    @contextmanager
    def _context(self, rows: int, room: int, adapter: bytes | None) -> Iterator[_Context]:
        params = llama_cpp.llama_context_default_params()
        room = -(-room // 256) * 256
        params.n_ctx, params.n_seq_max, params.kv_unified = room * rows, rows, False
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.n_threads = params.n_threads_batch = self.threads
        if self._head_size() < FUSED_FROM_HEAD_SIZE:
            params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        with self._loaded(adapter) as lora:
            handle = llama_cpp.llama_init_from_model(self._model, params)
            if not handle:
                raise LlamaError("There is not enough memory to run this model; close other programs and try again.")
            try:
                if lora:
                    adapters, scales = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(lora), (ctypes.c_float * 1)(1.0)
                    llama_cpp.llama_set_adapters_lora(handle, adapters, 1, scales)
                context = _Context(handle, self.vocabulary, max(BATCH_TOKENS, rows))
                try:
                    yield context
                finally:
                    context.close()
            finally:
                llama_cpp.llama_free(handle)

    @contextmanager
    def _loaded(self, adapter: bytes | None) -> Iterator[object | None]:
        if adapter is None:
            yield None
            return
        with _readable_path(adapter) as path:
            lora = llama_cpp.llama_adapter_lora_init(self._model, os.fsencode(path))
        if not lora:
            raise LlamaError("The trained version does not fit this model; train again or choose the model it was made "
                             "from.")
        try:
            yield lora
        finally:
            llama_cpp.llama_adapter_lora_free(lora)


class _Context:
    """llama.cpp's context with its batch; the one place that fills in a batch."""

    def __init__(self, handle: object, vocabulary: int, size: int) -> None:
        self._handle, self._vocabulary = handle, vocabulary
        self.memory = llama_cpp.llama_get_memory(handle)
        self._batch = llama_cpp.llama_batch_init(size, 0, 1)

    def close(self) -> None:
        llama_cpp.llama_batch_free(self._batch)

    def decode_prompt(self, ids: Sequence[int], slot: int, start: int, *, every: bool) -> np.ndarray:
        """Read at most a batch of tokens of one sequence; the logits after every token, or after the last one."""
        last = len(ids) - 1
        return self.decode([(token, start + i, slot, every or i == last) for i, token in enumerate(ids)])

    def decode(self, entries: Sequence[tuple[int, int, int, bool]]) -> np.ndarray:
        """Read (token, position, sequence, wants logits); the wanted logits in that order, float32, a copy."""
        batch = self._batch
        batch.n_tokens = len(entries)
        for i, (token, position, slot, wanted) in enumerate(entries):
            batch.token[i], batch.pos[i], batch.logits[i] = token, position, wanted
            batch.n_seq_id[i], batch.seq_id[i][0] = 1, slot
        if llama_cpp.llama_decode(self._handle, batch) != 0:
            raise LlamaError("The model could not read a prompt; close other programs and try again.")
        outputs = sum(entry[3] for entry in entries)
        pointer = llama_cpp.llama_get_logits(self._handle)
        return np.ctypeslib.as_array(pointer, shape=(outputs * self._vocabulary,)).reshape(outputs, -1).copy()


@dataclass
class _Row:
    """One answer in the making."""

    ask: int
    copy: int
    slot: int
    position: int
    random: np.random.Generator
    ids: list[int] = field(default_factory=list)


class _Sampling:
    """Writes the answers of all asks, as many side by side as there are sequences."""

    def __init__(
        self, model: LlamaModel, context: _Context, asks: Sequence[Ask], rows: int, max_tokens: int, temperature: float,
        on_answer: Callable[[int, int, list[int]], None] | None,
    ) -> None:
        self._end_ids, self._context, self._asks = model.end_ids, context, asks
        self._max_tokens, self._temperature, self._on_answer = max_tokens, temperature, on_answer
        self._free = list(range(rows))
        self._waiting = deque(range(len(asks)))
        self._active: list[_Row] = []
        self._answers: list[list[list[int]]] = [[[] for _ in ask.seeds] for ask in asks]

    def run(self, keep_going: KeepGoing) -> list[list[list[int]]]:
        while (self._waiting or self._active) and keep_going():
            while self._waiting and len(self._free) >= len(self._asks[self._waiting[0]].seeds):
                self._admit(self._waiting.popleft())
            if self._active:
                entries = [(row.ids[-1], row.position, row.slot, True) for row in self._active]
                logits = self._context.decode(entries)
                for row in self._active:
                    row.position += 1
                self._extend(self._active, logits)
        return self._answers

    def _admit(self, number: int) -> None:
        """Read a prompt once and start all of its answers."""
        ask = self._asks[number]
        rows = [
            _Row(number, copy, self._free.pop(), len(ask.prompt), np.random.default_rng(seed))
            for copy, seed in enumerate(ask.seeds)
        ]
        first, memory = rows[0], self._context.memory
        for row in rows:
            llama_cpp.llama_memory_seq_rm(memory, row.slot, -1, -1)
        for start in range(0, len(ask.prompt), BATCH_TOKENS):
            logits = self._context.decode_prompt(ask.prompt[start:start + BATCH_TOKENS], first.slot, start, every=False)
        for row in rows[1:]:
            llama_cpp.llama_memory_seq_cp(memory, first.slot, row.slot, -1, -1)
        self._active += rows
        self._extend(rows, np.repeat(logits, len(rows), axis=0))

    def _extend(self, rows: list[_Row], logits: np.ndarray) -> None:
        tokens = draw(logits, [row.random for row in rows], self._temperature)
        for row, token in zip(list(rows), tokens, strict=True):
            is_end = token in self._end_ids
            if not is_end:
                row.ids.append(token)
            if is_end or len(row.ids) >= self._max_tokens:
                self._finish(row)

    def _finish(self, row: _Row) -> None:
        self._answers[row.ask][row.copy] = row.ids
        self._active = [other for other in self._active if other is not row]
        self._free.append(row.slot)
        if self._on_answer:
            self._on_answer(row.ask, row.copy, row.ids)


def draw(logits: np.ndarray, generators: Sequence[np.random.Generator], temperature: float) -> list[int]:
    """One token per row from the whole softmax, each row with its own generator; temperature 0 takes the best."""
    if temperature <= 0:
        return [int(token) for token in logits.argmax(axis=1)]
    scaled = (logits - logits.max(axis=1, keepdims=True)) / temperature
    cumulative = np.cumsum(np.exp(scaled, dtype=np.float64), axis=1)
    uniform = np.array([generator.random() for generator in generators])
    reached = cumulative < (uniform * cumulative[:, -1])[:, None]
    return [int(token) for token in np.minimum(reached.sum(axis=1), logits.shape[1] - 1)]


@contextmanager
def _readable_path(data: bytes) -> Iterator[str]:
    """A path under which llama.cpp can read `data`: a memory file on Linux, else a private file, gone once read."""
    if sys.platform == "linux":
        fd = os.memfd_create("adapter", os.MFD_CLOEXEC)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view):]
            os.lseek(fd, 0, os.SEEK_SET)
            yield f"/proc/self/fd/{fd}"
        finally:
            os.close(fd)
        return
    fd, path = tempfile.mkstemp(prefix="adapter-")
    try:
        with open(fd, "wb") as file:
            file.write(data)
        yield path
    finally:
        os.unlink(path)


def main(arguments: Sequence[str]) -> int:
    """`python -m trainer.llama SOURCE TARGET TYPE`: quantise in a process of its own (llama.cpp may abort)."""
    source, target, kind = arguments
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype, params.nthread = QUANTISATIONS[kind], _threads()
    return int(llama_cpp.llama_model_quantize(os.fsencode(source), os.fsencode(target), ctypes.byref(params)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
