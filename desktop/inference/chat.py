# SPDX-License-Identifier: Apache-2.0
"""Turns chat messages into the segments of a prompt, format and data apart.

Format tokens (`<|im_start|>`) are parsed as special only in segments that this module wrote; a narrative or a policy
that spells one out stays plain text. Choice: our own renderer for ChatML, which the starter, Qwen and many others use;
for every other model llama.cpp's renderer is given placeholders, and the contents are put in afterwards as data.
Turned down: running the model's own Jinja template (code from a file of unknown origin).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

TURN_START, TURN_END = "<|im_start|>", "<|im_end|>"
_BORROWERS = ("<|im_sep|>", "<end_of_utterance>")


@dataclass(frozen=True)
class Segment:
    """A piece of a prompt; special tokens are recognised only where `is_format`."""

    text: str = field(repr=False)
    is_format: bool


def is_chatml(template: str) -> bool:
    """True when a model's own template writes ChatML, and not one of the formats that borrow its first token."""
    return TURN_START in template and TURN_END in template and not any(mark in template for mark in _BORROWERS)


def thinks_first(template: str) -> bool:
    """True for models that write a thinking block of their own unless it is closed for them."""
    return is_chatml(template) and "enable_thinking" in template


def chatml(messages: Sequence[dict[str, str]], *, close_thinking: bool = False) -> list[Segment]:
    """ChatML with the assistant's turn opened.

    The role stands in one segment with the content, as the training side's tokenizer sees it: split apart, text that
    begins with a space or a newline would become other tokens.
    """
    segments: list[Segment] = []
    for message in messages:
        segments += [
            Segment(TURN_START, True),
            Segment(f"{message['role']}\n{message['content']}", False),
            Segment(TURN_END, True),
            Segment("\n", False),
        ]
    segments += [Segment(TURN_START, True), Segment("assistant\n", False)]
    if close_thinking:
        segments.append(Segment("<think>\n\n</think>\n\n", True))
    return segments


def placeholders(messages: Sequence[dict[str, str]], nonce: str) -> list[dict[str, str]]:
    """The messages with a marker in place of each content; `nonce` is random, so no content can spell a marker."""
    return [{"role": m["role"], "content": f"{nonce}{index};"} for index, m in enumerate(messages)]


def fill(rendered: str, messages: Sequence[dict[str, str]], nonce: str) -> list[Segment]:
    """Put the contents, as data, where the markers stand in a rendered template; raises `ValueError` if one is lost."""
    segments: list[Segment] = []
    seen: set[int] = set()
    for number, part in enumerate(re.split(rf"{re.escape(nonce)}(\d+);", rendered)):
        if number % 2:
            seen.add(int(part))
            segments.append(Segment(messages[int(part)]["content"], False))
        elif part:
            segments.append(Segment(part, True))
    if seen != set(range(len(messages))):
        raise ValueError("the template drops a message")
    return segments
