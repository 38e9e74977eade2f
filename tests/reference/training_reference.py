# SPDX-License-Identifier: GPL-3.0-or-later
"""Fine-tuning of method.md, section 2, in plain PyTorch."""

import dataclasses

import torch


@dataclasses.dataclass
class TrainingOptions:
    steps: int
    learning_rate: float = 2e-5
    warmup_share: float = 0.0
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    max_gradient_norm: float = 1.0  # 0: no clipping


@dataclasses.dataclass
class TrainingStep:
    loss: float  # batch mean, before the step
    gradient_norm: float  # before clipping
    learning_rate: float


def learning_rate_factor(step, options):
    """Share of the peak rate at 0-based `step`: linear warm-up, then linear decay that reaches 0 after the last."""
    warmup = int(options.warmup_share * options.steps)
    if step < warmup:
        return step / warmup
    return (options.steps - step) / (options.steps - warmup)


def is_decayed(name):
    name = name.removesuffix("_orig")  # of torch.nn.utils.prune
    return not (name.endswith(".bias") or ".LayerNorm." in name)


def train(model, batches, options, head_mask=None, mlp_mask=None):
    """One optimizer step per batch of `batches`; `model` is a MaskedBert. Returns a TrainingStep for each.

    Without dropout unless the caller put the model into training mode.
    """
    ones = model.ones()
    head_mask = ones[0] if head_mask is None else head_mask
    mlp_mask = ones[1] if mlp_mask is None else mlp_mask
    parameters = dict(model.model.named_parameters())
    groups = [
        {"params": [p for n, p in parameters.items() if is_decayed(n)], "weight_decay": options.weight_decay},
        {"params": [p for n, p in parameters.items() if not is_decayed(n)], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=options.learning_rate, eps=options.epsilon)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: learning_rate_factor(step, options))
    steps = []
    for batch in batches:
        optimizer.zero_grad()
        loss = model.loss(model(batch, head_mask, mlp_mask).logits, batch["labels"])
        loss.backward()
        limit = options.max_gradient_norm or float("inf")
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), limit)
        rate = scheduler.get_last_lr()[0]
        optimizer.step()
        scheduler.step()
        steps.append(TrainingStep(loss.item(), norm.item(), rate))
    return steps
