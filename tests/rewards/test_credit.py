# SPDX-License-Identifier: Apache-2.0
"""A reward reaches the words that earned it: over all kinds an answer keeps GRPO's advantage, in its parts its own."""

from __future__ import annotations

from statistics import fmean, stdev

import pytest
from test_rewards import GATE, PASSAGES, scenario_of, text_of

from trainer.practice import contract
from trainer.practice.rubric.score import WEIGHTS
from trainer.rewards.credit import ELSEWHERE, PARTS_OF, REASONING, Earned, advantages, part_of_tokens
from trainer.rewards.reward import reward

REPAIR, POLICY = "Repair to be agreed", "Policy used"


def earned(total: float, **shares: float) -> Earned:
    return Earned(total, "full", {kind.replace("_", " "): value for kind, value in shares.items()})


@pytest.mark.parametrize("form", ["full", "handoff"])
def test_every_criterion_has_its_place_among_the_headings(form: str) -> None:
    headings = {*(contract.FULL_HEADINGS if form == "full" else contract.HANDOFF_HEADINGS), REASONING}
    assert set(WEIGHTS[form]) <= set(PARTS_OF[form])
    assert all(parts and set(parts) <= headings for parts in PARTS_OF[form].values())
    assert set().union(*PARTS_OF[form].values()) == headings


def test_over_all_kinds_an_answer_has_the_advantage_that_grpo_gives_it() -> None:
    group = [
        earned(0.5, C3=0.1, C7=0.1), earned(0.62, C3=0.05, C7=0.2), earned(0.3, C3=0.0, C7=0.05), Earned(-0.5, "full"),
    ]
    totals = [one.total for one in group]
    for one, values in zip(group, advantages(group), strict=True):
        own = [values[part] - values[ELSEWHERE] for part in ("Who is affected and what they need", REPAIR)]
        expected = (one.total - fmean(totals)) / (stdev(totals) + 1e-4)
        assert values[ELSEWHERE] + sum(own) == pytest.approx(expected)


def test_a_better_repair_is_credited_to_the_repair_alone() -> None:
    weak, good = advantages([earned(0.4, C7=0.0, C8=0.1), earned(0.5, C7=0.1, C8=0.1)])
    assert good[REPAIR] > 0.5 and weak[REPAIR] < -0.5
    assert {part for part, value in good.items() if abs(value) > 1e-9} == {REPAIR}


def test_an_invented_policy_is_held_against_the_policy_and_not_the_repair() -> None:
    first, _ = advantages([earned(0.4, invented_policy=-0.1), earned(0.5, invented_policy=0.0)])
    assert first[POLICY] < -0.5 and first[REPAIR] == pytest.approx(0)


def test_a_broken_answer_is_at_fault_in_every_word() -> None:
    good, broken = advantages([earned(0.5, C7=0.1), Earned(-1.0, "full")])
    assert len({round(value, 6) for value in broken.values()}) == 1 and broken[REPAIR] < -0.5
    assert len({round(value, 6) for value in good.values()}) == 1 and good[REPAIR] > 0.5


def test_a_group_without_any_difference_teaches_nothing() -> None:
    for group in ([earned(0.4, C7=0.1)] * 4, [Earned(-1.0, "handoff")] * 4, [earned(0.4, C7=0.1)]):
        assert all(value == pytest.approx(0) for values in advantages(group) for value in values.values())


def test_tokens_lie_in_the_part_whose_heading_stands_before_them() -> None:
    text = "<reasoning>\nBecause.\n</reasoning>\n## Safety check\nNo ## Policy used here.\n## Weather\nRain.\n"
    text += "## Policy used\nNone."
    letters = part_of_tokens(list(text))
    assert letters[0] == REASONING and letters[text.index("</")] == REASONING
    assert {letters[text.index(word)] for word in ("## Safety", "check\nNo", "here.", "Rain.")} == {"Safety check"}
    assert letters[text.rindex("## Policy")] == letters[-1] == POLICY
    pieces = [text[i : i + 5] for i in range(0, len(text), 5)]
    assert part_of_tokens(pieces)[-1] == POLICY and len(part_of_tokens(pieces)) == len(pieces)
    assert part_of_tokens([]) == []


@pytest.mark.parametrize("incident", ["pencil-case", "goodbye"])
def test_what_real_answers_earn_is_placed(incident: str) -> None:
    found = reward(scenario_of(incident), PASSAGES, text_of(incident, "good"), GATE)
    form = "handoff" if incident == "goodbye" else "full"
    assert found.earned.total == found.total and found.earned.form_due == form
    assert set(found.earned.shares) == set(PARTS_OF[form])
    assert sum(found.earned.shares.values()) == pytest.approx(found.total, abs=0.11)


def test_what_breaks_the_contract_or_has_the_wrong_form_has_no_place() -> None:
    for text in ("Talk to them.", text_of("goodbye", "good")):
        assert not reward(scenario_of("pencil-case"), PASSAGES, text, GATE).earned.shares


