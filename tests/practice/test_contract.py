# SPDX-License-Identifier: Apache-2.0
"""The answer's contract: what the strict parser accepts and names, and the stream parser at every cut."""

from __future__ import annotations

import pytest

from trainer.practice import contract


def words(count: int, word: str = "word") -> str:
    return " ".join([word] * count)


def full(reasoning: int = 60, each: int = 20) -> str:
    parts = [f"<reasoning>{words(reasoning)}</reasoning>"]
    parts += [f"## {name}\n{words(each)}" for name in contract.FULL_HEADINGS]
    return "\n\n".join(parts)


def handoff(reasoning: int = 30, each: int = 15) -> str:
    parts = [f"<reasoning>\n{words(reasoning)}\n</reasoning>"]
    parts += [f"## {name}\n{words(each)}" for name in contract.HANDOFF_HEADINGS]
    return "\n".join(parts)


def streamed(text: str, cuts: list[int]) -> list[tuple[str, str]]:
    """The pieces of the stream parser, neighbours of one place joined."""
    parser = contract.StreamParser()
    pieces = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        pieces += parser.feed(text[start:end])
    pieces += parser.finish()
    assert parser.text == text
    joined: list[tuple[str, str]] = []
    for piece in pieces:
        if joined and joined[-1][0] == piece.where:
            joined[-1] = (piece.where, joined[-1][1] + piece.text)
        elif piece.text:
            joined.append((piece.where, piece.text))
    return joined


def test_both_forms_are_valid() -> None:
    assert contract.parse(full()).is_valid
    answer = contract.parse(handoff())
    assert answer.is_valid and answer.form == "handoff"
    assert tuple(answer.sections) == contract.HANDOFF_HEADINGS
    assert answer.reasoning == words(30)
    assert contract.count_words(answer.body) == 6 * 15


@pytest.mark.parametrize(("reasoning", "each", "valid"), [
    (40, 15, True), (39, 20, False), (220, 20, True), (221, 20, False), (60, 56, True), (60, 57, False),
    (60, 14, False),
])
def test_full_form_word_limits(reasoning: int, each: int, valid: bool) -> None:
    assert contract.parse(full(reasoning, each)).is_valid is valid


@pytest.mark.parametrize(("reasoning", "each", "valid"), [
    (20, 10, True), (19, 10, False), (120, 30, True), (121, 30, False), (30, 31, False), (30, 9, False),
])
def test_handoff_word_limits(reasoning: int, each: int, valid: bool) -> None:
    assert contract.parse(handoff(reasoning, each)).is_valid is valid


@pytest.mark.parametrize(("broken", "named"), [
    (full().replace("</reasoning>", ""), "opened once and closed once"),
    (full() + "<reasoning>more</reasoning>", "opened once and closed once"),
    ("Hello. " + full(), "text before the reasoning"),
    (full().replace("</reasoning>", "</reasoning> so"), "text between the reasoning and the first heading"),
    (full().replace("## Policy used", "## Policies"), "“Policy used” is missing"),
    (full().replace("## Policy used", "## Safety check"), "stands twice"),
    (full() + "\n## Do not\nx", "not one of the form's headings"),
    (full().replace("## What is known\n" + words(20), "## What is known\n"), "nothing stands under “What is known”"),
    (full().replace("Safety check", "Swap").replace("Policy used", "Safety check").replace("Swap", "Policy used"),
     "not in the contract's order"),
    (full() + " <|im_end|>", "prompt's format"),
    (full() + " [INST]", "prompt's format"),
    ("just text", "none of the contract's headings"),
    ("", "none of the contract's headings"),
    (full().replace("## ", "### "), "none of the contract's headings"),
])
def test_each_fault_is_named(broken: str, named: str) -> None:
    answer = contract.parse(broken)
    assert not answer.is_valid
    assert any(named in failure for failure in answer.failures), answer.failures


def test_the_form_is_the_one_with_more_headings() -> None:
    assert contract.parse(full() + "\n## Do not\nx").form == "full"
    assert contract.parse(handoff() + "\n## Safety check\nx").form == "handoff"


def test_words_with_apostrophes_and_hyphens_count_once() -> None:
    assert contract.count_words("The student's follow-up isn’t until 3 p.m. -- ok") == 8 + 1


@pytest.mark.parametrize("text", [
    full(2, 2), handoff(2, 2),
    "  \n<reasoning>a < b </ reasoning> c</reasoning>\n## Safety check\n# not a heading\n## Unknown\nx\n\ny",
    "no tags\n## Safety check\ntext ## not at line start\n## Do not \n z",
    "<reasoning>never closed ## Safety check\n## x",
    "## Safety check", "<reasoning></reasoning>## Safety check\nx", "",
], ids=["full", "handoff", "odd", "no-tags", "open", "heading-only", "same-line", "empty"])
def test_a_stream_cut_anywhere_gives_the_same_pieces(text: str) -> None:
    whole = streamed(text, [])
    for cut in range(len(text) + 1):
        assert streamed(text, [cut]) == whole, cut
    assert streamed(text, list(range(1, len(text)))) == whole
    for first in range(0, len(text), 7):
        for second in range(first, len(text), 11):
            assert streamed(text, [first, second]) == whole


@pytest.mark.parametrize("text", [full(), handoff()])
def test_the_stream_agrees_with_the_strict_parser(text: str) -> None:
    answer, pieces = contract.parse(text), streamed(text, [])
    assert pieces[0][0] == "reasoning" and pieces[0][1].strip() == answer.reasoning
    assert {where: piece.strip() for where, piece in pieces[1:]} == answer.sections


def test_the_stream_shows_reasoning_before_it_is_complete() -> None:
    parser = contract.StreamParser()
    shown = parser.feed("<reasoning>The first words") + parser.feed(" and more</rea")
    assert "".join(piece.text for piece in shown) == "The first words and more"
    assert "".join(piece.text for piece in parser.feed("soning>") + parser.finish()) == ""
