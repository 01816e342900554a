# SPDX-License-Identifier: Apache-2.0
"""Pre-trains the starter from nothing: Muon for the matrices, AdamW for the rest, bf16 autocast, one loop.

Muon (orthogonalised momentum) because it needs about half the tokens of AdamW on models of this size; plain AdamW was
what the prototype used. The run is resumable: a checkpoint outside the repository holds weights, optimizers and step.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

from trainer.starter import examples, lean
from trainer.starter.tokenizer import END_OF_TEXT, TURN_END, VOCABULARY

#: The layers below the head that names a report's concern, and the weight of its loss.
CONCERN_DEPTH, CONCERN_WEIGHT = 2, 0.5
#: Share of what the layers add that is left out for answers cut off behind the decision, below and above the head that
#: names the concern: without it, the model knows every report of training by heart, and nothing is left to learn from
#: how they are alike. More above, because the decision told unseen reports apart less well than that head.
DROPOUT = (0.1, 0.25)
#: What the logits are divided by in the loss: of any word, of a copied one, of the one that decides the form.
SURE, SURE_OF_COPIES, SURE_OF_DECISION = 1.25, 2.0, 3.0
#: The token of a decision that nothing stands in the way, and by how much the loss lowers its logit, so that the model
#: raises it: a report unlike all of training reads as grave (41 % false alarms in development families, none missed).
CALM, CALM_MARGIN = "\u0120No", 5.0


class PretrainingError(ValueError):
    """The run cannot begin; the message is one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Plan:
    """Size of the model and length of the run."""

    hidden: int = 256
    layers: int = 5
    heads: int = 8
    key_value_heads: int = 4
    feed_forward: int = 768
    steps: int = 1500
    tokens_per_batch: int = 12_000
    muon_lr: float = 0.02
    adam_lr: float = 3e-3
    warmup: int = 40
    decay_from: float = 0.4
    repeat_steps: int = 200
    repeat_every: int = 4
    prompt_share: float = 0.3
    seed: int = 20


def going_on(plan: Plan, seed: int) -> Plan:
    """The plan for a run that begins with an earlier starter, whose run had `seed`: other documents, lower rates.

    That starter looks back already and knows the prompt's words, so neither is taught from the beginning again.
    """
    return replace(plan, muon_lr=0.015, adam_lr=2e-3, repeat_steps=0, repeat_every=8, prompt_share=0.0, seed=seed + 1)


def new_model(plan: Plan, tokenizer: Tokenizer) -> LlamaForCausalLM:
    """A Llama-shaped model with tied embeddings and a context of 4,096."""
    torch.manual_seed(plan.seed)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=plan.hidden,
        intermediate_size=plan.feed_forward,
        num_hidden_layers=plan.layers,
        num_attention_heads=plan.heads,
        num_key_value_heads=plan.key_value_heads,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        rms_norm_eps=1e-5,
        bos_token_id=None,
        eos_token_id=tokenizer.token_to_id(TURN_END),
        pad_token_id=tokenizer.token_to_id(END_OF_TEXT),
    )
    return LlamaForCausalLM(config)


def run(
    plan: Plan,
    tokenizer: Tokenizer,
    stream: Iterator[examples.Batch],
    checkpoint: Path,
    say: Callable[[str], None],
    weights: Path | None = None,
) -> LlamaForCausalLM:
    """Train (or go on from `checkpoint`) to the plan's last step and return the model in float32.

    `weights` is the folder of an earlier starter to begin with instead of random numbers; raises `PretrainingError`
    when its shape is not the plan's or the checkpoint is that of another run.
    """
    model = _earlier_model(plan, weights) if weights else new_model(plan, tokenizer)
    head = concern_head(plan)
    optimizers = _optimizers(model, head, plan)
    step, tokens, seconds = _restore(checkpoint, model, head, optimizers, plan)
    for _ in range(sum(not _is_repeat(done, plan) for done in range(step))):
        next(stream)
    started, since = time.monotonic() - seconds, tokens
    calm = tokenizer.token_to_id(CALM)
    while step < plan.steps:
        repeats = _is_repeat(step, plan)
        batch = _repeated(plan, step) if repeats else next(stream)
        _set_rates(optimizers, plan, step)
        torch.manual_seed(plan.seed * 1_000_003 + step)  # what dropout leaves out: the same in a resumed run
        loss = _loss(model, head, batch, calm, answers_only=step > plan.prompt_share * plan.steps)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer, _ in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        step, tokens = step + 1, tokens + batch.ids.size
        if step % 20 == 0:
            elapsed = time.monotonic() - started
            say(
                f"step {step}/{plan.steps}  loss {loss.item():.3f}  {tokens / 1e6:.1f}M tokens  "
                f"{(tokens - since) / max(1e-9, elapsed - seconds):.0f}/s  {elapsed / 60:.1f} min"
            )
        if step % 200 == 0 or step == plan.steps:
            _save(checkpoint, model, head, optimizers, plan, (step, tokens, time.monotonic() - started))
    return model


def _earlier_model(plan: Plan, folder: Path) -> LlamaForCausalLM:
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    config = model.config
    if (config.hidden_size, config.num_hidden_layers, config.vocab_size) != (plan.hidden, plan.layers, VOCABULARY):
        raise PretrainingError(f"The starter in {folder.name} has another size; build it without --weights.")
    return model


def _is_repeat(step: int, plan: Plan) -> bool:
    """Nothing but repetitions until looking back is learnt, then some so that it is not forgotten."""
    return step < plan.repeat_steps or step % plan.repeat_every == 0


def _repeated(plan: Plan, step: int) -> examples.Batch:
    """Short rows at first: there the circuit forms soonest; then up to the length of a real document.

    Drawn from the plan's seed and the step alone, so that a resumed run sees what an unbroken one sees.
    """
    rng = np.random.default_rng([plan.seed, step])
    length = 256 if step < plan.repeat_steps else int(rng.choice((256, 512, 1024)))
    return examples.repeated(plan.tokens_per_batch // 2, VOCABULARY, rng, length)


def concern_head(plan: Plan) -> torch.nn.Linear:
    """Names the concern of a report from the lower layers' view of its words; it serves the training alone.

    A language model has one token a document to learn that from, and meets it by learning reports by heart; a linear
    model on single words, trained on the same reports, told unseen ones apart far better (area under the curve 0.91
    against 0.73). With this head every word of a report is asked what it speaks for, and the model may read it there.
    """
    torch.manual_seed(plan.seed)
    return torch.nn.Linear(plan.hidden, len(examples.CONCERNS))


def _loss(
    model: LlamaForCausalLM, head: torch.nn.Linear, batch: examples.Batch, calm: int, *, answers_only: bool
) -> torch.Tensor:
    """Weighted cross-entropy; after the first part of the run the prompt is no longer a target (saves time)."""
    ids, weights = torch.from_numpy(batch.ids), torch.from_numpy(batch.weights)[:, 1:]
    keep = weights > (examples.PROMPT_WEIGHT if answers_only else 0.0)
    with torch.autocast("cpu", torch.bfloat16):
        logits, states = lean.logits_and_states(
            model, ids[:, :-1], keep, CONCERN_DEPTH, DROPOUT if batch.is_short else (0.0, 0.0)
        )
    counted = weights[keep]
    logits = logits.float()
    logits[counted >= examples.DECISION_WEIGHT, calm] -= CALM_MARGIN
    each = functional.cross_entropy(logits / sureness(counted)[:, None], ids[:, 1:][keep], reduction="none")
    loss = (each * counted).sum() / counted.sum()
    if batch.report is None or batch.concern is None:
        return loss
    words = torch.from_numpy(batch.report)[:, :-1, None]
    states = functional.rms_norm(states.float(), states.shape[-1:]) * words
    named = head(states.sum(1) / words.sum(1).sqrt())
    return loss + CONCERN_WEIGHT * functional.cross_entropy(named, torch.from_numpy(batch.concern))


def sureness(weights: torch.Tensor) -> torch.Tensor:
    """By what the logits of targets with these weights are divided, so that the model makes them that much larger.

    A small model that is as sure as it has reason to be goes astray somewhere in 400 sampled words. Where only one word
    is right (a copied one, the decision) it shall say the likeliest; elsewhere it may go on choosing.
    """
    sure = torch.full_like(weights, SURE)
    sure[weights >= examples.COPY_WEIGHT] = SURE_OF_COPIES
    sure[weights >= examples.DECISION_WEIGHT] = SURE_OF_DECISION
    return sure


def _optimizers(
    model: LlamaForCausalLM, head: torch.nn.Linear, plan: Plan
) -> list[tuple[torch.optim.Optimizer, float]]:
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or "embed" in name]
    others += head.parameters()
    return [
        (torch.optim.Muon(matrices, lr=plan.muon_lr, weight_decay=0.01, momentum=0.95), plan.muon_lr),
        (torch.optim.AdamW(others, lr=plan.adam_lr, betas=(0.9, 0.95), weight_decay=0.0), plan.adam_lr),
    ]


def _set_rates(optimizers: list[tuple[torch.optim.Optimizer, float]], plan: Plan, step: int) -> None:
    """Warm-up, then flat, then down to a twentieth in a straight line."""
    decay_start = plan.decay_from * plan.steps
    share = min(1.0, (step + 1) / plan.warmup)
    if step > decay_start:
        share = max(0.05, 1 - (step - decay_start) / (plan.steps - decay_start))
    for optimizer, rate in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate * share


def _save(
    path: Path,
    model: LlamaForCausalLM,
    head: torch.nn.Linear,
    optimizers: list[tuple[torch.optim.Optimizer, float]],
    plan: Plan,
    progress: tuple[int, int, float],
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "plan": json.dumps(asdict(plan)),
        "model": model.state_dict(),
        "head": head.state_dict(),
        "progress": progress,
        "optimizers": [optimizer.state_dict() for optimizer, _ in optimizers],
    }
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def _restore(
    path: Path,
    model: LlamaForCausalLM,
    head: torch.nn.Linear,
    optimizers: list[tuple[torch.optim.Optimizer, float]],
    plan: Plan,
) -> tuple[int, int, float]:
    if not path.exists():
        return 0, 0, 0.0
    state = torch.load(path, weights_only=True)
    saved_plan = json.loads(state["plan"])
    if any(saved_plan[name] != getattr(plan, name) for name in ("hidden", "layers", "seed")) or "head" not in state:
        raise PretrainingError(f"The checkpoint {path.name} belongs to another run; name another --work folder.")
    model.load_state_dict(state["model"])
    head.load_state_dict(state["head"])
    for (optimizer, _), saved in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(saved)
    return state["progress"]
