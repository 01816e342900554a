# SPDX-License-Identifier: Apache-2.0
"""The strict parser of `case.json`: what passes comes back the same, what does not is told in one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from trainer.practice.case import MAX_NARRATIVE_CHARS, CaseError, parse_case, parse_case_json

WHOLE: dict[str, Any] = {
    "narrative": "A ball was taken.", "grade_band": "3-5", "severity": 2, "location": "gym",
    "parties": [{"name": "Ana", "role": "harmed", "grade": "4"}, {"name": "Ben", "role": "caused_harm"}],
    "accounts": [{"party": "Ana", "text": "It was mine."}], "willing": {"Ana": "no", "Ben": "yes"},
}


def test_a_whole_case_survives_the_round_trip() -> None:
    assert parse_case(WHOLE).to_json() == WHOLE
    assert parse_case_json(json.dumps(WHOLE)) == parse_case(WHOLE)


def test_only_the_narrative_is_required() -> None:
    assert parse_case({"narrative": "  Something.  "}).to_json() == {"narrative": "Something."}
    assert parse_case({"narrative": "x", "parties": None, "willing": None, "severity": None}).parties == ()


@pytest.mark.parametrize(("change", "named"), [
    ({"narrative": ""}, "\"narrative\" must be text and must not be empty"),
    ({"narrative": 3}, "\"narrative\" must be text"),
    ({"narrative": "x" * (MAX_NARRATIVE_CHARS + 1)}, "longer than 20,000 characters"),
    ({"grade_band": "7"}, "\"grade_band\" must be one of PK-K"),
    ({"severity": 5}, "whole number from 1 to 4"),
    ({"severity": True}, "whole number from 1 to 4"),
    ({"severity": "2"}, "whole number from 1 to 4"),
    ({"location": ["gym"]}, "\"location\" must be text"),
    ({"parties": {}}, "\"parties\" must be a list"),
    ({"parties": [{"name": "Ana", "role": "harmed"}] * 27}, "at most 26 entries"),
    ({"parties": ["Ana"]}, "must be an object with \"name\" and \"role\""),
    ({"parties": [{"name": "Ana"}]}, "needs a \"role\""),
    ({"parties": [{"name": "Ana", "role": "victim"}]}, "\"role\" must be one of"),
    ({"parties": [{"name": "Ana", "role": "harmed"}, {"name": "Ana", "role": "both"}]}, "same name"),
    ({"accounts": [{"party": "Zoe", "text": "x"}]}, "not among \"parties\""),
    ({"accounts": [{"party": "Ana", "text": ""}]}, "\"text\" must be text and must not be empty"),
    ({"accounts": ["x"]}, "must be an object with \"party\" and \"text\""),
    ({"willing": {"Zoe": "yes"}}, "not among \"parties\""),
    ({"willing": {"Ana": "maybe"}}, "\"willing\" must be one of"),
    ({"willing": ["Ana"]}, "must be an object from a person's name"),
])
def test_each_fault_is_one_sentence(change: dict[str, Any], named: str) -> None:
    with pytest.raises(CaseError) as caught:
        parse_case({**WHOLE, **change})
    assert named in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [None, [], "text", 4])
def test_anything_but_an_object_is_refused(value: object) -> None:
    with pytest.raises(CaseError, match="must be a JSON object"):
        parse_case(value)


@pytest.mark.parametrize("text", ["", "{", "{\"narrative\": \"x\",}", "[" * 100_000])
def test_text_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(CaseError, match="not valid JSON"):
        parse_case_json(text)


def test_no_message_repeats_what_was_entered() -> None:
    secret = "Zachary"
    for change in ({"grade_band": secret}, {"accounts": [{"party": secret, "text": "x"}]}, {"willing": {secret: "yes"}},
                   {"parties": [{"name": secret, "role": secret}]}):
        with pytest.raises(CaseError) as caught:
            parse_case({**WHOLE, **change})
        assert secret not in str(caught.value)
