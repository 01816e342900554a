# SPDX-License-Identifier: Apache-2.0
"""The starter's corpus: it keeps the contract, is varied so that it cannot be recited, and holds nothing held out."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator

import numpy as np
from tokenizers import Tokenizer

from trainer.practice import contract
from trainer.practice.citations import find_citations, is_supported
from trainer.practice.generator import Banks, drafts, held_out, split_of
from trainer.practice.rubric.wording import sentences
from trainer.starter import examples, pretrain, tokenizer, variation
from trainer.starter.corpus import CorpusWriter, Example


def test_every_answer_keeps_the_contract_in_the_right_form(written: list[Example]) -> None:
    for example in written:
        answer = contract.parse(example.answer)
        assert answer.is_valid, answer.failures
        assert answer.form == example.draft.scenario.gold.form


def test_quotations_are_mostly_true_and_quality_is_mixed(written: list[Example]) -> None:
    quoted = [(c, e) for e in written for c in find_citations(e.answer) if c.quotation]
    true = sum(is_supported(c, e.passages) for c, e in quoted)
    full = [e for e in written if e.draft.scenario.gold.form == "full"]
    assert quoted and true / len(quoted) > 0.9
    assert 0.1 < sum(not find_citations(e.answer) for e in full) / len(full) < 0.7


def test_the_corpus_uses_training_families_only(written: list[Example]) -> None:
    assert {e.draft.scenario.split for e in written} == {"train"}


def test_copied_words_weigh_more_than_the_rest(written: list[Example], words: Tokenizer) -> None:
    row = examples.encode(words, written[0])
    assert len(row.ids) == len(row.weights)
    assert {round(float(w), 2) for w in row.weights[1:]} == {0.08, 1.0, 2.5, 12.0}


def test_the_concerns_are_those_for_which_the_gate_stops_or_holds(writer: CorpusWriter) -> None:
    grave = {code for code, card in writer.gate.items() if card["level"] in ("STOP", "HOLD")}
    assert examples.CONCERNS[0] is None and set(examples.CONCERNS[1:]) == grave


def test_a_row_marks_its_report_and_names_its_concern(short: list[Example], words: Tokenizer) -> None:
    concerns = set()
    for example in short:
        row = examples.encode(words, example)
        marked = words.decode(row.ids[slice(*row.report)].tolist())
        narrative = example.draft.scenario.case.narrative
        assert " ".join(narrative.split()) in marked and "Policies" not in marked and "reasoning" not in marked
        assert (row.concern == 0) == ("? No" in example.answer)
        concerns.add(row.concern)
    assert len(concerns) > 8


def test_a_cue_decides_in_a_report_that_is_otherwise_the_same(banks: Banks) -> None:
    varied, rng, all_cues = variation.Variation(banks), random.Random(3), variation.load_cues()
    harmless = [d for d in itertools.islice(drafts(banks, "train", 5), 300) if d.scenario.gold.level == "CLEAR"]
    codes, ticked, in_place_of_the_event = set(), 0, 0
    for draft in harmless:
        cued, code = varied.with_cue(draft, rng)
        before, after = draft.scenario.case.narrative, cued.scenario.case.narrative
        codes.add(code)
        if cued.scenario.case.willing:
            ticked += 1
            assert code == "VOLU" and after == before and set(cued.scenario.case.willing.values()) == {"no"}
            continue
        drawn = [line.format(**draft.slots) for line in all_cues[code or variation.NO_CONCERN]]
        cue = next(line for line in drawn if line in after)
        rest = sentences(after.replace(cue, ""))
        assert cue not in before and all(line in before for line in rest)
        in_place_of_the_event += draft.sentences[0] not in after
    assert None in codes and len(codes) > 8 and ticked and 0 < in_place_of_the_event < len(harmless)


def test_a_thinned_report_keeps_its_people_and_loses_other_words(banks: Banks) -> None:
    varied, rng = variation.Variation(banks), random.Random(5)
    kept = []
    for draft in itertools.islice(drafts(banks, "train", 7), 60):
        before = draft.scenario.case.narrative.split()
        after = varied.thinned(draft, rng).scenario.case.narrative.split()
        kept.append(len(after) / len(before))
        assert [word for word in after if not word.islower()] == [word for word in before if not word.islower()]
    assert 1.0 in kept and min(kept) < 0.9


def test_a_grave_report_gets_a_grave_cue_in_place_of_its_event(banks: Banks) -> None:
    varied, rng = variation.Variation(banks), random.Random(6)
    grave = [d for d in itertools.islice(drafts(banks, "train", 8), 200) if d.scenario.gold.level in ("STOP", "HOLD")]
    for draft in grave:
        cued, code = varied.with_cue(draft, rng)
        assert code and not any(line in cued.scenario.case.narrative for line in draft.sentences)


def test_words_that_are_exchanged_for_others_stand_in_no_grave_report(banks: Banks) -> None:
    varied = variation.Variation(banks)
    grave = [line for code, lines in variation.load_cues().items() if code != variation.NO_CONCERN for line in lines]
    found = set(re.findall(r"\b[a-z]+\b", " ".join(grave)))
    assert len(varied.words) > 1000 and not found & set(varied.words)


def test_a_cue_names_nobody_who_is_not_in_the_report(banks: Banks) -> None:
    varied, rng = variation.Variation(banks), random.Random(4)
    for draft in itertools.islice(drafts(banks, "train", 6), 600):
        if draft.scenario.gold.level == "CLEAR" and not draft.has_second_student:
            assert "Student B" not in varied.with_cue(draft, rng)[0].scenario.case.narrative


def words_of(line: str) -> list[str]:
    return re.findall(r"[a-z0-9']+|\{\w+\}", line.lower())


def test_no_training_sentence_shares_a_long_run_of_words_with_a_held_out_one(banks: Banks) -> None:
    """Eight words in a row, the slots counted as words: shorter runs are how people speak."""
    of_training: dict[bool, list[str]] = {True: [], False: []}
    for bank in banks.categories.values():
        for event in bank["event"]:
            of_training[split_of(event["family"]) == "train"] += event["sentences"]
    for frames in banks.frames["sentences"].values():
        trained = held_out(frames, "train")
        for line in frames:
            of_training[line in trained].append(line)
    of_training[True] += [line for lines in variation.load_cues().values() for line in lines]
    runs = {tuple(run) for line in of_training[True] for run in _runs(line)}
    assert not [line for line in of_training[False] if any(tuple(run) in runs for run in _runs(line))]
    assert not set(of_training[False]) & set(of_training[True])


def _runs(line: str, length: int = 8) -> Iterator[list[str]]:
    found = words_of(line)
    yield from (found[at : at + length] for at in range(len(found) - length + 1))


def test_a_report_about_one_student_gets_a_hand_off_for_that_student(written: list[Example]) -> None:
    alone = [
        e
        for e in written
        if e.draft.scenario.gold.form == "handoff" and not e.draft.has_second_student
    ]
    assert alone
    for example in alone:
        support = contract.parse(example.answer).sections["Support meanwhile"]
        assert "Student A" in support and "Student B" not in example.answer
        assert not re.search(r"Staff A (stays|may choose|gets a calm)|near Staff A", support)


def test_the_token_that_decides_between_the_forms_weighs_most(
    written: list[Example], short: list[Example], words: Tokenizer
) -> None:
    """The first token at which the two forms differ, not one that follows from it."""
    of_form: dict[str, set[int]] = {"No": set(), "Yes": set()}
    for example in (*written, *short):
        row = examples.encode(words, example)
        (decisive,) = row.ids[row.weights == examples.DECISION_WEIGHT].tolist()
        of_form["Yes" if "? Yes" in example.answer[:90] else "No"].add(decisive)
    assert of_form["No"] == {words.token_to_id(pretrain.CALM)}
    assert of_form["Yes"] and not of_form["No"] & of_form["Yes"]


def test_a_stumble_says_a_few_words_again_and_asks_for_the_word_that_was_due(
    written: list[Example], short: list[Example], words: Tokenizer
) -> None:
    rng, found = random.Random(3), 0
    for example in written[:60]:
        row = examples.encode(words, example)
        changed = examples.stumbled(row, rng)
        more = len(changed.ids) - len(row.ids)
        if not more:
            continue
        found += 1
        said = np.flatnonzero(changed.weights[row.answer :] == 0) + row.answer
        assert len(said) == more
        assert (np.delete(changed.ids, said) == row.ids).all()
        assert changed.weights[said[-1] + 1] >= examples.COPY_WEIGHT
    assert 5 < found < 30
    cut = examples.encode(words, short[0])
    assert all(examples.stumbled(cut, rng) is cut for _ in range(20))


def test_a_short_example_ends_behind_its_decision(short: list[Example], words: Tokenizer) -> None:
    end = words.token_to_id(tokenizer.TURN_END)
    for example in short:
        ids = examples.encode(words, example).ids
        assert example.answer.startswith(contract.REASONING_OPEN) and len(example.answer) < 260
        assert ids[-1] != end and not example.is_whole


def test_drafts_of_a_seed_repeat(banks: Banks) -> None:
    first, second = drafts(banks, "train", 2), drafts(banks, "train", 2)
    assert [next(first).scenario for _ in range(5)] == [next(second).scenario for _ in range(5)]
