# SPDX-License-Identifier: Apache-2.0
"""The starter's build on a small scale: the lean pass is exact, a run resumes and goes on from an earlier starter."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoTokenizer, LlamaForCausalLM

from trainer.practice import prompt
from trainer.starter import build, card, examples, lean, pretrain, tokenizer
from trainer.starter.corpus import Example

ASSETS = Path(__file__).resolve().parents[2] / "assets"


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


def test_repeated_rows_count_only_what_can_be_known_by_looking_back() -> None:
    batch = examples.repeated(1024, tokenizer.VOCABULARY, np.random.default_rng(1), length=128)
    assert batch.ids.shape == batch.weights.shape == (8, 128)
    for ids, weights in zip(batch.ids, batch.weights, strict=True):
        first = int(np.flatnonzero(weights)[0])
        period = first - 1
        assert 8 <= period < 52 and weights[first:].all() and (ids[period:] == ids[:-period]).all()


def test_the_chat_template_writes_what_the_corpus_holds(written: list[Example]) -> None:
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


def test_lean_pass_leaves_numbers_out_when_asked(words: Tokenizer) -> None:
    model, ids, keep = pretrain.new_model(small_plan(), words), torch.randint(3, 99, (2, 40)), torch.ones(2, 40) > 0
    with torch.no_grad():
        whole, _ = lean.logits_and_states(model, ids, keep, 1)
        first, _ = lean.logits_and_states(model, ids, keep, 1, dropout=(0.0, 0.2))
        second, _ = lean.logits_and_states(model, ids, keep, 1, dropout=(0.0, 0.2))
    assert not torch.allclose(first, whole) and not torch.allclose(first, second)


def test_the_model_shall_be_surest_of_the_decision_and_surer_of_copies_than_of_the_rest() -> None:
    weights = [examples.PROMPT_WEIGHT, examples.ANSWER_WEIGHT, examples.COPY_WEIGHT, examples.DECISION_WEIGHT]
    prompts, answers, copies, decision = pretrain.sureness(torch.tensor(weights)).tolist()
    assert 1 <= prompts == answers < copies < decision


def test_whole_answers_and_short_ones_stand_in_batches_of_their_own(
    words: Tokenizer, written: list[Example], short: list[Example]
) -> None:
    mixed = itertools.cycle([*written[:20], *short[:20]])
    first = list(itertools.islice(examples.batches(words, mixed, 6000, seed=1, pool=40), 20))
    endings = {batch.is_short: [] for batch in first}
    for batch in first:
        endings[batch.is_short] += [row[row > 0][-1] for row in batch.ids]
    assert set(endings) == {True, False}
    last = words.encode(examples.text_of(written[0])[1]).ids[-1]
    assert set(endings[False]) == {last} and last not in endings[True]


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
    before = pretrain._loss(model, head, batch, 0, answers_only=True)
    before.backward()
    assert head.weight.grad is not None and head.weight.grad.abs().sum() > 0
    assert model.model.layers[0].mlp.up_proj.weight.grad.abs().sum() > 0
    blind = replace(batch, report=None)
    assert pretrain._loss(model, head, blind, 0, answers_only=True) < before


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
    with pytest.raises(pretrain.PretrainingError, match="another run"):
        run(replace(later, seed=33), "later.pt")
    with pytest.raises(pretrain.PretrainingError, match="another size"):
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


def test_a_share_that_is_none_is_refused_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for share in ("1.5", "nan"):
        with pytest.raises(SystemExit) as ended:
            build.main(["--work", str(tmp_path), "--out", str(tmp_path / "out"), "--short-share", share])
        assert ended.value.code == 2 and capsys.readouterr().err.count("\n") == 1 and not (tmp_path / "out").exists()


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


def test_the_card_says_which_figures_are_not_reached() -> None:
    measured = {"valid": 92.0, "nobody_invented": 99.5, "particulars_right": 97.6, "right_form": 68.0, "rubric": 76.0}
    rows = card._scores({**measured, "second": 38.0, "distinct_3": 0.31, "words": 350.0, "count": 50}).splitlines()
    assert "On 50 generated" in rows[0]
    missed = [row for row in rows if "not reached" in row]
    assert [row.split("|")[1].strip() for row in missed] == ["right form, %", "mean of the practice rubric, of 100"]
    assert "Not measured" in card._scores({})
