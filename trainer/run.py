# SPDX-License-Identifier: Apache-2.0
"""One job from the wire: baseline, training, handing over, comparison; or the comparison of an adapter alone."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from trainer.channel import Channel, Job
from trainer.evaluate import Exam, Marked, sit
from trainer.llama import LlamaModel
from trainer.practice.rules import Practice, load
from trainer.practice.scenario import Scenario
from trainer.protocol import Finished, Phase, Progress, ScoreNote, Warning_
from trainer.recipe import Recipe, RecipeError, parse_recipe

TEXTS_PER_SCENARIO = 1


class RunError(ValueError):
    """The job cannot be done as it was sent; `code` is stable, the message one sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def follow(channel: Channel, job: Job, folder: Path, practice_sha256: str) -> None:
    """Do the job and send `finished`; raises for what cannot be done."""
    recipe = parse_recipe(job.start.recipe)
    practice = _practice(job, practice_sha256)
    if job.start.mode == "evaluate":
        _evaluate(channel, job, recipe, practice)
    else:
        _train(channel, job, recipe, practice, folder)


def _practice(job: Job, expected: str) -> Practice:
    practice = load(Path(job.start.assets_dir) / "practice")
    if expected and practice.sha256 != expected:
        raise RunError("practice", "The training program has other rule files than this window; repair the training "
                                   "installation.")
    return practice


def _evaluate(channel: Channel, job: Job, recipe: Recipe, practice: Practice) -> None:
    began = time.monotonic()
    if job.adapter is None:
        raise RunError("adapter", "There is no trained version to compare; name one.")
    exam = _exam(job, recipe, practice)
    if not exam.scenarios:
        raise RunError("scenarios", "There is no scenario to compare on; give at least one.")
    with _base(job) as model:
        for when, adapter in (("before", None), ("after", job.adapter)):
            if channel.stop_requested() is None:
                channel.send(Phase("baseline" if when == "before" else "comparing"))
                _sit(channel, model, exam, when, adapter)
    channel.send(Finished(0, time.monotonic() - began, channel.stop_requested() is not None))


def _train(channel: Channel, job: Job, recipe: Recipe, practice: Practice, folder: Path) -> None:
    began = time.monotonic()
    exam = _exam(job, recipe, practice)
    saved = _checkpoint(job)
    with _base(job) as base:
        if exam.scenarios:
            channel.send(Phase("baseline"))
            _sit(channel, base, exam, "before", None)
        if channel.stop_requested():
            channel.send(Finished(0, time.monotonic() - began, True))
            return
        # Only now: these import torch, Unsloth and TRL, and the baseline does not need them.
        from trainer.grpo import Work, train
        from trainer.handover import hand_over
        from trainer.loading import model_fingerprint

        held_out = set(job.start.evaluate)
        model_dir = Path(job.start.model_dir)
        work = Work(
            model_dir, folder, recipe, [s for s in job.scenarios if s.id not in held_out], job.passages, practice.gate,
            model_fingerprint(model_dir), job.start.seed, job.start.minutes, saved,
        )
        trained = train(work, channel.send, channel.stop_requested)
        if trained.steps and trained.stopped != "now":
            adapter = hand_over(trained, model_dir, base, folder, channel.send)
            if exam.scenarios and channel.stop_requested() is None:
                channel.send(Phase("comparing"))
                _sit(channel, base, exam, "after", adapter)
        channel.send(Finished(trained.steps, trained.seconds, channel.stop_requested() is not None))


def _base(job: Job) -> LlamaModel:
    path = Path(job.start.base_gguf)
    if not path.is_file():
        raise RunError("model", f"The model file {path.name} is missing; install the model again.")
    return LlamaModel(path)


def _checkpoint(job: Job) -> bytes | None:
    if job.start.resume and job.checkpoint is None:
        raise RunError("checkpoint", "There is no saved run to go on from; start a new run.")
    return job.checkpoint if job.start.resume else None


def _exam(job: Job, recipe: Recipe, practice: Practice) -> Exam:
    by_id = {scenario.id: scenario for scenario in job.scenarios}
    missing = [name for name in job.start.evaluate if name not in by_id]
    if missing:
        raise RunError("scenarios", f"{len(missing)} of the held-out scenarios were not sent; send every one of them.")
    scenarios: list[Scenario] = [by_id[name] for name in job.start.evaluate]
    if not 1 <= job.start.samples <= 64:
        raise RecipeError("The number of answers per scenario must be from 1 to 64.")
    return replace(
        Exam(scenarios, job.passages, practice.gate), samples=job.start.samples, seed=job.start.seed,
        max_tokens=recipe.max_completion_tokens, temperature=recipe.temperature,
        passages_per_prompt=recipe.passages_per_prompt,
    )


def _sit(channel: Channel, model: LlamaModel, exam: Exam, when: str, adapter: bytes | None) -> None:
    """Answer the exam and tell every score as it comes; the first answer to each scenario with its text."""
    began = time.monotonic()
    total = len(exam.scenarios) * exam.samples
    count = 0

    def tell(marked: Marked) -> None:
        nonlocal count
        count += 1
        one = marked.judged
        channel.send(ScoreNote(
            when, one.scenario_id, one.total, one.sample, one.valid, one.missed_stop, one.criteria,
            marked.text if one.sample < TEXTS_PER_SCENARIO else "", one.invented_person, one.wrong_particular,
            one.words,
        ))
        elapsed_s = time.monotonic() - began
        channel.send(Progress(count, total, elapsed_s, elapsed_s / count * (total - count)))

    sit(model, exam, adapter=adapter, on_marked=tell, keep_going=lambda: channel.stop_requested() is None)
    if count < total and channel.stop_requested() is None:
        channel.send(Warning_("Not every scenario could be answered."))
