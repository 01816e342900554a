# SPDX-License-Identifier: Apache-2.0
"""GRPO with Unsloth and TRL: from a model folder, scenarios and passages to a trained LoRA.

Nothing that was received is written anywhere: the data set lives in memory, TRL neither logs completions nor saves
checkpoints of its own (ours leave over the wire), and its output folder is inside the run's private one.

Reproducible: the order of the prompts is a function of the seed, and every step seeds its generators from the seed and
its number, so a run that is resumed goes on as if it had never stopped.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from trainer.loading import Loaded, cpu_knows_bfloat16, encode_prompt, load  # first: it imports Unsloth

# isort: split
import torch
from datasets import Dataset
from transformers import PrinterCallback, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from trainer import checkpoint
from trainer.practice import contract
from trainer.practice.citations import Passage
from trainer.practice.rules import GateRules
from trainer.practice.scenario import Scenario
from trainer.prompts import Task, prepare
from trainer.protocol import Phase, chunks_of
from trainer.recipe import Recipe
from trainer.reporting import Answered, Clock, Emit, StepReporter, StopRequested
from trainer.rewards.reward import reward
from trainer.rollout import sample_groups
from trainer.shared_prompt import MAX_VOCABULARY, SharedPromptTrainer

ENDLESS_STEPS = 1_000_000
#: Model types whose layers all attend to everything before them, as `rollout` and `shared_prompt` rely on.
FULL_ATTENTION_TYPES = ("llama", "qwen2", "qwen3")
LOWEST_RATE_SHARE = 0.1


class JobError(ValueError):
    """There is nothing to train on; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Work:
    """One run's input. `saved` is a checkpoint to go on from; `folder` is private and wiped by the caller."""

    model_dir: Path
    folder: Path
    recipe: Recipe
    scenarios: Sequence[Scenario] = field(repr=False)
    passages: Sequence[Passage] = field(repr=False)
    rules: GateRules = field(repr=False)
    base_sha256: str = ""
    seed: int = 0
    minutes: float = 0.0
    saved: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Trained:
    """What a run leaves: the model with its LoRA, and a few prompts and answers to prove the conversion on."""

    loaded: Loaded
    steps: int
    seconds: float
    stopped: str | None
    texts: list[str] = field(repr=False)


def train(work: Work, emit: Emit, stop_requested: StopRequested) -> Trained:
    """Run GRPO until the minutes or the steps are over or a stop is asked for; blocks."""
    if not work.scenarios:
        raise JobError("There is no scenario to train on; add at least one that is not held out.")
    emit(Phase("loading"))
    tasks = prepare(work.scenarios, work.passages, work.recipe.passages_per_prompt)
    loaded = load(work.model_dir, work.recipe, work.seed, [task.messages for task in tasks])
    optimizer = torch.optim.AdamW(
        loaded.trained.values(), lr=work.recipe.rate_for(loaded.parameters), weight_decay=work.recipe.weight_decay)
    facts = _restore(work, loaded, optimizer)
    clock = Clock(60 * (work.minutes or work.recipe.minutes), facts.seconds)

    def send_checkpoint(step: int) -> None:
        now = checkpoint.RunFacts(work.seed, step, clock.elapsed_s, work.base_sha256, facts.recipe)
        for chunk in chunks_of("checkpoint", checkpoint.pack(now, loaded.trained, optimizer)):
            emit(chunk)

    reporter = StepReporter(
        emit, stop_requested, clock, first_step=facts.steps, max_steps=work.recipe.max_steps,
        checkpoint_every=work.recipe.checkpoint_every, on_checkpoint=send_checkpoint,
    )
    trainer = _trainer(work, loaded, tasks, facts.steps, reporter, optimizer)
    emit(Phase("training"))
    clock.start()
    reporter.stopped = stop_requested()
    if not reporter.stopped and not _is_done(work, facts.steps):
        trainer.train()
    if reporter.stopped != "now" and reporter.step:
        emit(Phase("saving"))
        send_checkpoint(reporter.step)
    texts = [_rendered(loaded.tokenizer, task) for task in tasks[:8]] + reporter.samples[:8]
    return Trained(loaded, reporter.step, clock.elapsed_s, reporter.stopped, texts)


def prompt_order(count: int, per_step: int, seed: int) -> list[int]:
    """Indices of the prompts of many steps: shuffled passes over all of them, as many as fill whole steps."""
    passes = per_step // math.gcd(count, per_step)
    rng = random.Random(seed)
    return [index for _ in range(passes) for index in rng.sample(range(count), count)]


def step_seed(seed: int, step: int) -> int:
    """The seed of a step's generators."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{step}".encode()).digest()[:7], "big")


def _trainer(
    work: Work, loaded: Loaded, tasks: Sequence[Task], done_steps: int, reporter: StepReporter,
    optimizer: torch.optim.Optimizer,
) -> GRPOTrainer:
    recipe = work.recipe
    order = prompt_order(len(tasks), recipe.prompts_per_step, work.seed)
    start = done_steps * recipe.prompts_per_step % len(order)
    rows = [{"prompt": tasks[i].messages, "task": i} for i in order[start:] + order[:start]]
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda _: _rate_share(recipe.schedule, reporter.fraction()))
    kind, more = (SharedPromptTrainer, {"rollout_func": _rollout_function(work, loaded, done_steps)}) if (
        _takes_the_cpu_path(loaded)) else (GRPOTrainer, {})
    trainer = kind(
        model=loaded.model, processing_class=loaded.tokenizer, reward_funcs=[_reward_function(work, tasks, reporter)],
        args=_config(work, loaded, done_steps), train_dataset=Dataset.from_list(rows), optimizers=(optimizer, schedule),
        callbacks=[_Seeds(work.seed, done_steps), reporter], **more,
    )
    trainer.remove_callback(PrinterCallback)
    if "ref" in loaded.model.peft_config:
        # TRL keeps a copy of an adapter that it was handed as the reference; ours is the base, after a resume too.
        loaded.model.delete_adapter("ref")
    return trainer


def _takes_the_cpu_path(loaded: Loaded) -> bool:
    """Whether our own rollout and packing are used; they know plain causal models on a CPU."""
    config = loaded.model.config
    return not loaded.on_gpu and config.model_type in FULL_ATTENTION_TYPES and config.vocab_size <= MAX_VOCABULARY


def _config(work: Work, loaded: Loaded, done_steps: int) -> GRPOConfig:
    recipe = work.recipe
    passes = recipe.answers_per_step // recipe.answers_per_pass
    wants_bfloat16 = recipe.precision == "bfloat16" or (
        recipe.precision == "auto" and (loaded.on_gpu or cpu_knows_bfloat16()))
    config = GRPOConfig(
        output_dir=str(work.folder / "trl"), per_device_train_batch_size=recipe.answers_per_pass,
        gradient_accumulation_steps=passes, steps_per_generation=passes, num_generations=recipe.answers_per_prompt,
        max_completion_length=recipe.max_completion_tokens, temperature=recipe.temperature, top_p=1.0, top_k=0,
        loss_type="dr_grpo", beta=recipe.beta, epsilon=recipe.epsilon,
        epsilon_high=recipe.epsilon_high, num_iterations=1, mask_truncated_completions=False,
        max_steps=(recipe.max_steps - done_steps) if recipe.max_steps else ENDLESS_STEPS,
        learning_rate=recipe.rate_for(loaded.parameters), lr_scheduler_type="constant", warmup_steps=0,
        max_grad_norm=recipe.max_grad_norm, weight_decay=recipe.weight_decay, optim="adamw_torch",
        bf16=wants_bfloat16, fp16=False, use_cpu=not loaded.on_gpu, gradient_checkpointing=loaded.on_gpu,
        shuffle_dataset=False, remove_unused_columns=False, dataloader_pin_memory=False, seed=work.seed % 2**31,
        logging_steps=1, report_to="none", log_completions=False, save_strategy="no", push_to_hub=False,
        disable_tqdm=True, use_vllm=False,
    )
    # Not an argument: on a GPU Unsloth's own configuration takes it for a mistake beside dr_grpo and turns it off.
    config.scale_rewards = "group"
    return config


def _reward_function(work: Work, tasks: Sequence[Task], reporter: StepReporter) -> Callable[..., list[float]]:
    def practice_reward(completions: list[list[dict[str, str]]], task: list[int], **_: Any) -> list[float]:
        answers = []
        for completion, index in zip(completions, task, strict=True):
            text = completion[0]["content"]
            scored = reward(tasks[index].scenario, tasks[index].passages, text, work.rules)
            words = contract.count_words(contract.parse(text).body)
            answers.append(Answered(tasks[index].scenario.id, text, scored.total, dict(scored.parts), words))
        reporter.take(answers)
        return [answer.reward for answer in answers]

    return practice_reward


def _rollout_function(
    work: Work, loaded: Loaded, done_steps: int,
) -> Callable[[list[Any], GRPOTrainer], dict[str, Any]]:
    copies = work.recipe.answers_per_prompt

    def rollout(prompts: list[Any], trainer: GRPOTrainer) -> dict[str, Any]:
        unique = [encode_prompt(loaded.tokenizer, messages) for messages in prompts[::copies]]
        generator = torch.Generator().manual_seed(step_seed(work.seed, done_steps + trainer.state.global_step))
        answers = sample_groups(
            loaded.model, unique, copies, max_tokens=work.recipe.max_completion_tokens,
            temperature=work.recipe.temperature,
            end_ids=trainer.eos_token_ids, generator=generator,
        )
        return {"prompt_ids": [ids for ids in unique for _ in range(copies)], "completion_ids": answers,
                "logprobs": None}

    return rollout


class _Seeds(TrainerCallback):
    """Seeds torch before every step, for whatever draws from its global generator."""

    def __init__(self, seed: int, done_steps: int) -> None:
        self._seed, self._done_steps = seed, done_steps

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        torch.manual_seed(step_seed(self._seed, self._done_steps + state.global_step))


def _rate_share(schedule: str, fraction: float) -> float:
    if schedule == "constant":
        return 1.0
    return LOWEST_RATE_SHARE + (1 - LOWEST_RATE_SHARE) * 0.5 * (1 + math.cos(math.pi * fraction))


def _restore(work: Work, loaded: Loaded, optimizer: torch.optim.Optimizer) -> checkpoint.RunFacts:
    recipe = json.dumps(asdict(work.recipe), sort_keys=True)
    if work.saved is None:
        return checkpoint.RunFacts(work.seed, 0, 0.0, work.base_sha256, recipe)
    facts = checkpoint.restore(work.saved, loaded.trained, optimizer)
    if facts.base_sha256 != work.base_sha256:
        raise checkpoint.CheckpointError("The saved run belongs to another model; choose that one or start a new run.")
    if facts.seed != work.seed:
        raise checkpoint.CheckpointError("The saved run has another seed; use the same one or start a new run.")
    return facts


def _is_done(work: Work, steps: int) -> bool:
    return bool(work.recipe.max_steps) and steps >= work.recipe.max_steps


def _rendered(tokenizer: Any, task: Task) -> str:
    return str(tokenizer.apply_chat_template(task.messages, add_generation_prompt=True, tokenize=False))

