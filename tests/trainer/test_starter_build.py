# SPDX-License-Identifier: Apache-2.0
"""The starter's build on a small scale: the corpus keeps the contract, the lean pass is exact, a run resumes."""

from __future__ import annotations

import itertools
import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

from trainer.practice import contract
from trainer.practice.citations import find_citations, is_supported
from trainer.practice.generator import Banks, drafts, held_out, load_banks, split_of
from trainer.practice.rubric.wording import sentences
from trainer.starter import build, examples, lean, pretrain, tokenizer, variation
from trainer.starter.corpus import CorpusWriter, Example

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@pytest.fixture(scope="module")
def banks() -> Banks:
    return load_banks(ASSETS / "practice" / "scenarios")


@pytest.fixture(scope="module")
def writer() -> CorpusWriter:
    return CorpusWriter(tomllib.loads((ASSETS / "practice" / "gate.toml").read_text(encoding="utf-8"))["code"])


@pytest.fixture(scope="module")
def written(banks: Banks, writer: CorpusWriter) -> list[Example]:
    """Whole answers."""
    return list(itertools.islice(examples.stream(writer, banks, seed=4, short_share=0.0), 200))


@pytest.fixture(scope="module")
def short(banks: Banks, writer: CorpusWriter) -> list[Example]:
    """Answers that end behind the decision between the two forms."""
    return list(itertools.islice(examples.stream(writer, banks, seed=4, short_share=1.0), 200))


@pytest.fixture(scope="module")
def words() -> Tokenizer:
    return Tokenizer.from_file(str(ASSETS / "starter" / "tokenizer.json"))


def small_plan() -> pretrain.Plan:
    return replace(
        pretrain.Plan(),
        hidden=64,
        layers=2,
        heads=4,
        key_value_heads=2,
        feed_forward=96,
        steps=6,
        warmup=2,
        tokens_per_batch=1500,
        repeat_steps=1,
    )


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
        if draft.scenario.gold.level == "CLEAR" and not draft.slots["B"].startswith("Student"):
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
        if e.draft.scenario.gold.form == "handoff" and not e.draft.slots["B"].startswith("Student")
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
    assert of_form["No"] and of_form["Yes"] and not of_form["No"] & of_form["Yes"]


def test_a_short_example_ends_behind_its_decision(short: list[Example], words: Tokenizer) -> None:
    end = words.token_to_id(tokenizer.TURN_END)
    for example in short:
        ids = examples.encode(words, example).ids
        assert example.answer.startswith(contract.REASONING_OPEN) and len(example.answer) < 260
        assert ids[-1] != end and not example.is_whole


def test_repeated_rows_count_only_what_can_be_known_by_looking_back() -> None:
    batch = examples.repeated(1024, tokenizer.VOCABULARY, np.random.default_rng(1), length=128)
    assert batch.ids.shape == batch.weights.shape == (8, 128)
    for ids, weights in zip(batch.ids, batch.weights, strict=True):
        first = int(np.flatnonzero(weights)[0])
        period = first - 1
        assert 8 <= period < 52 and weights[first:].all() and (ids[period:] == ids[:-period]).all()


def test_the_chat_template_writes_what_the_corpus_holds(written: list[Example]) -> None:
    from transformers import AutoTokenizer

    from trainer.practice import prompt

    loaded = AutoTokenizer.from_pretrained(ASSETS / "starter", local_files_only=True)
    messages = prompt.build_messages(written[0].draft.scenario.case, written[0].passages)
    rendered = loaded.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert rendered == tokenizer.render(messages, "")[0]


def test_lean_pass_gives_the_logits_of_the_module(words: Tokenizer) -> None:
    model = pretrain.new_model(small_plan(), words)
    ids = torch.randint(3, tokenizer.VOCABULARY, (2, 40))
    with torch.no_grad():
        expected = model(input_ids=ids).logits.flatten(0, 1)
        found = lean.answer_logits(model, ids, torch.ones(2, 40, dtype=torch.bool))
    assert torch.allclose(found, expected, atol=1e-4)


def test_lean_pass_computes_a_common_beginning_once_and_alike(words: Tokenizer) -> None:
    model = pretrain.new_model(small_plan(), words)
    ids = torch.randint(3, tokenizer.VOCABULARY, (3, 60))
    ids[:, :40] = ids[0, :40]
    ids[:, 40] = torch.tensor([5, 6, 7])
    keep = torch.rand(3, 60) < 0.5
    assert lean._shared_length(ids) == 40
    expected = model(input_ids=ids).logits[keep]
    expected.square().mean().backward()
    gradients = [p.grad.clone() for p in model.parameters() if p.grad is not None]
    model.zero_grad()
    found = lean.answer_logits(model, ids, keep)
    found.square().mean().backward()
    assert torch.allclose(found, expected, atol=1e-4)
    for mine, other in zip([p.grad for p in model.parameters()], gradients, strict=True):
        assert mine is not None and torch.allclose(mine, other, atol=1e-5)


def test_lean_pass_shows_what_the_lower_layers_make_of_a_row(words: Tokenizer) -> None:
    model = pretrain.new_model(small_plan(), words)
    ids = torch.randint(3, tokenizer.VOCABULARY, (2, 40))
    with torch.no_grad():
        expected = model(input_ids=ids, output_hidden_states=True).hidden_states[1]
        _, found = lean.logits_and_states(model, ids, torch.ones(2, 40, dtype=torch.bool), depth=1)
    assert torch.allclose(found, expected, atol=1e-4)


def test_the_concern_head_learns_from_the_words_of_the_report(words: Tokenizer, short: list[Example]) -> None:
    plan = replace(small_plan(), layers=3)
    batch = next(examples.batches(words, itertools.cycle(short[:24]), 12_000, seed=1, pool=24))
    model, head = pretrain.new_model(plan, words), pretrain.concern_head(plan)
    before = pretrain._loss(model, head, batch, answers_only=True)
    before.backward()
    assert head.weight.grad is not None and head.weight.grad.abs().sum() > 0
    assert model.model.layers[0].mlp.up_proj.weight.grad.abs().sum() > 0
    blind = replace(batch, report=None)
    assert pretrain._loss(model, head, blind, answers_only=True) < before


def test_a_run_can_go_on_from_an_earlier_starter(words: Tokenizer, tmp_path: Path) -> None:
    plan = small_plan()
    earlier = pretrain.new_model(plan, words)
    earlier.save_pretrained(tmp_path / "earlier")
    batch = examples.repeated(512, tokenizer.VOCABULARY, np.random.default_rng(2), length=128)
    later = pretrain.going_on(replace(plan, steps=1), seed=20)
    assert later.repeat_steps == 0 and later.seed == 21 and later.muon_lr < plan.muon_lr

    def run(plan: pretrain.Plan, checkpoint: str) -> LlamaForCausalLM:
        stream = itertools.repeat(batch)
        return pretrain.run(plan, words, stream, tmp_path / checkpoint, lambda _: None, tmp_path / "earlier")

    found = run(later, "later.pt")
    apart = [
        max((a - b).abs().max().item() for a, b in zip(found.parameters(), model.parameters(), strict=True))
        for model in (earlier, pretrain.new_model(later, words))
    ]
    assert 0 < apart[0] < apart[1]
    with pytest.raises(ValueError, match="another size"):
        run(replace(later, layers=3), "other.pt")


def test_a_folder_without_a_starter_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "config.json").write_text("{}")
    with pytest.raises(SystemExit) as ended:
        build.main(["--work", str(tmp_path), "--out", str(tmp_path / "out"), "--weights", str(tmp_path / "half")])
    said = capsys.readouterr().err
    assert ended.value.code == 2 and said.count("\n") == 1 and "model.safetensors" in said
    assert not (tmp_path / "out").exists()


def test_repetitions_depend_on_the_seed_and_the_step_alone() -> None:
    plan = small_plan()
    first, again, next_one = (pretrain._repeated(plan, step).ids for step in (7, 7, 8))
    assert np.array_equal(first, again) and not np.array_equal(first, next_one)


def test_a_resumed_run_ends_where_an_unbroken_one_ends(
    words: Tokenizer, written: list[Example], tmp_path: Path
) -> None:
    def stream() -> Iterator[examples.Batch]:
        return examples.batches(words, itertools.cycle(written[:40]), 1500, seed=1, pool=40)

    said: list[str] = []
    plan = small_plan()
    whole = pretrain.run(plan, words, stream(), tmp_path / "whole.pt", said.append)
    pretrain.run(replace(plan, steps=3, decay_from=0.8), words, stream(), tmp_path / "broken.pt", said.append)
    resumed = pretrain.run(plan, words, stream(), tmp_path / "broken.pt", said.append)
    for mine, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.isfinite(mine).all() and mine.shape == other.shape
    drift = max((a - b).abs().max().item() for a, b in zip(whole.parameters(), resumed.parameters(), strict=True))
    fresh = pretrain.new_model(plan, words)
    moved = max((a - b).abs().max().item() for a, b in zip(whole.parameters(), fresh.parameters(), strict=True))
    assert drift < moved


def test_drafts_of_a_seed_repeat(banks: Banks) -> None:
    first, second = drafts(banks, "train", 2), drafts(banks, "train", 2)
    assert [next(first).scenario for _ in range(5)] == [next(second).scenario for _ in range(5)]
