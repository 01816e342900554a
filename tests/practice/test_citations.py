# SPDX-License-Identifier: Apache-2.0
"""Policy passages and citations: ids, splitting, finding, and what counts as supported."""

from __future__ import annotations

import pytest

from trainer.practice import citations
from trainer.practice.citations import Citation, Passage

PASSAGE = Passage("restorative-3.2", "Separate preparation",
                  "Before any joint step, the facilitator meets each student alone and names a support person.")
QUOTE = "the facilitator meets each student alone and names a support person"


def test_ids_follow_the_section_numbers() -> None:
    markdown = (
        "# Title\n\n## 3.2 Separate meetings\nOne sentence.\nAnother.\n\n"
        "### 3.2.1. Detail\nText.\n\n## Plain heading\nMore text."
    )
    passages = citations.split_policy("conduct", markdown)
    assert [(p.id, p.heading, p.text) for p in passages] == [
        ("conduct-3.2", "Separate meetings", "One sentence. Another."),
        ("conduct-3.2.1", "Detail", "Text."),
        ("conduct-3", "Plain heading", "More text."),
    ]


def test_text_before_any_heading_is_kept_and_ids_stay_unique() -> None:
    passages = citations.split_policy("p", "Loose text.\n\n## 1 A\nFirst.\n\n## 1 B\nSecond.")
    assert passages[0] == Passage("p-0", "", "Loose text.")
    ids = [p.id for p in passages]
    assert len(ids) == len(set(ids)) == 3, ids


def test_a_long_section_becomes_lettered_parts_of_whole_sentences() -> None:
    sentence = "Every adult in the building greets each student by name at the door in the morning. "
    passages = citations.split_policy("p", "## 2.1 Greeting\n" + sentence * 15)
    assert [p.id for p in passages] == ["p-2.1", "p-2.1b", "p-2.1c"]
    assert all(len(p.text.split()) <= citations.MAX_PASSAGE_WORDS and p.text.endswith(".") for p in passages)
    assert " ".join(p.text for p in passages) == (sentence * 15).strip()


def test_an_empty_policy_has_no_passages() -> None:
    assert citations.split_policy("p", "") == [] and citations.split_policy("p", "# Only a title\n") == []


def test_citations_are_found_in_order_with_and_without_quotation() -> None:
    text = 'See [conduct-3.2] "one two three" and [safety-1.1]: “four five”; also [x-9].'
    assert citations.find_citations(text) == [
        Citation("conduct-3.2", "one two three"), Citation("safety-1.1", "four five"), Citation("x-9", ""),
    ]


@pytest.mark.parametrize(("citation", "supported"), [
    (Citation("restorative-3.2", QUOTE), True),
    (Citation("restorative-3.2", QUOTE.upper()), True),
    (Citation("restorative-3.2", QUOTE.replace("names", "chooses")), True),
    (Citation("restorative-9.9", QUOTE), False),
    (Citation("restorative-3.2", ""), False),
    (Citation("restorative-3.2", "each student alone"), False),
    (Citation("restorative-3.2", "the principal suspends every student who refuses the joint circle at once"), False),
    (Citation("restorative-3.2", " ".join(reversed(PASSAGE.text.split())) + 12 * " extra"), False),
])
def test_support_needs_the_id_and_the_words(citation: Citation, supported: bool) -> None:
    assert citations.is_supported(citation, [PASSAGE]) is supported


@pytest.mark.parametrize(("text", "says"), [
    ("The policies do not cover borrowed tools.", True), ("The loaded passages don't address this.", True),
    ("No given policy covers this.", True), ("The policy covers this and does so well.", False),
    ("It is not known.", False),
])
def test_not_covered_is_recognized(text: str, says: bool) -> None:
    assert citations.says_not_covered(text) is says
