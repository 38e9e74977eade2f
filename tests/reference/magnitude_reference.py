# SPDX-License-Identifier: GPL-3.0-or-later
"""Global iterative magnitude pruning of method.md, section 4, with PyTorch's own pruning tools."""

import dataclasses
import math
import time

import numpy as np
import torch
from torch.nn.utils import prune

import glue_reference as glue
import lottery_reference as reference

MAX_STEPS = 10


@dataclasses.dataclass
class Options:
    mode: str = "rigorous"  # published, rigorous
    threshold: float = 0.9
    amount: float = 0.1  # of the weights still alive, per step
    mlp_output_bias: str = "pruned"  # pruned, left (Q3)
    batch_size: int = 64
    max_seq_length: int = 128


@dataclasses.dataclass
class Step:
    index: int
    score: float
    accepted: bool
    kept: int
    masks: dict  # parameter: bool array
    selection_seconds: float
    seconds: float
    logits: np.ndarray


@dataclasses.dataclass
class Search:
    full_score: float
    threshold: float
    score: float
    kept_step: int
    masks: dict
    steps: list
    seconds: float
    prunable: int


def prunable(model, mlp_output_bias):
    """(module, parameter name, full key) in the model's order."""
    chosen = []
    for index, layer in enumerate(model.bert.encoder.layer):
        linears = {"attention.self.query": layer.attention.self.query, "attention.self.key": layer.attention.self.key,
                   "attention.self.value": layer.attention.self.value,
                   "attention.output.dense": layer.attention.output.dense,
                   "intermediate.dense": layer.intermediate.dense, "output.dense": layer.output.dense}
        for name, module in linears.items():
            for parameter in ("weight", "bias"):
                if (name, parameter) != ("output.dense", "bias") or mlp_output_bias == "pruned":
                    chosen.append((module, parameter, f"bert.encoder.layer.{index}.{name}.{parameter}"))
    return chosen


def current_masks(chosen):
    masks = {}
    for module, name, key in chosen:
        mask = getattr(module, name + "_mask", None)
        shape = getattr(module, name).shape
        masks[key] = np.ones(shape, bool) if mask is None else mask.numpy().astype(bool)
    return masks


def packed_hex(masks):
    """All masks one after the other in the order of `masks`, one bit per weight, lowest bit first."""
    return np.packbits(np.concatenate([mask.ravel() for mask in masks.values()]), bitorder="little").tobytes().hex()


def run_pass(model, task, features, options):
    logits = []
    with torch.no_grad():
        for batch in reference.batches(features, options.batch_size, 0 if model.fast else options.max_seq_length):
            logits.append(model(batch, *model.ones()).logits.numpy())
    logits = np.concatenate(logits)
    score = glue.task_metrics(task, logits, [f.label for f in features])[task.search_metric]
    return (glue.WORST[task.search_metric] if math.isnan(score) else score), logits


def search_weights(model, task, features, options, on_step=lambda step: None):
    """`model` is a MaskedBert, whose modules are left pruned. Raises lottery_reference.Refused."""
    started = time.perf_counter()
    chosen = prunable(model.model, options.mlp_output_bias)
    total = sum(getattr(module, name).numel() for module, name, _ in chosen)
    steps = []

    def take(selection_started):
        selection = time.perf_counter() - selection_started if steps else 0.0
        masks = current_masks(chosen)
        score, logits = run_pass(model, task, features, options)
        kept = int(sum(mask.sum() for mask in masks.values()))
        steps.append(Step(len(steps), score, True, kept, masks, selection, time.perf_counter() - selection_started, logits))
        return steps[-1]

    full = take(started)
    threshold = options.threshold * full.score
    floor = glue.chance(task, [f.label for f in features])
    if options.mode == "rigorous" and full.score <= floor:
        raise reference.Refused(task.search_metric, full.score, floor)
    on_step(full)
    kept = full
    while steps[-1].score >= threshold and steps[-1].index < MAX_STEPS:
        kept = steps[-1]  # the mask before the last step that is tried
        if round(options.amount * kept.kept) == 0:
            break
        now = time.perf_counter()
        prune.global_unstructured([(module, name) for module, name, _ in chosen], pruning_method=prune.L1Unstructured,
                                  amount=options.amount)
        step = take(now)
        step.accepted = bool(step.score >= threshold)
        on_step(step)
    return Search(full.score, threshold, kept.score, kept.index, kept.masks, steps, time.perf_counter() - started, total)


def bad_masks(model, masks):
    """As many weights kept as in `masks`, from the other end: the largest magnitudes are pruned."""
    parameters = dict(model.model.named_parameters())
    parameters.update({name.removesuffix("_orig"): value for name, value in parameters.items()})
    flat = np.concatenate([parameters[key].detach().abs().numpy().ravel() for key in masks])
    kept = sum(int(mask.sum()) for mask in masks.values())
    flags = np.zeros(len(flat), bool)
    # From the end of a stable order of the reversed array: equal magnitudes are pruned from the lowest index on.
    order = np.argsort(flat[::-1], kind="stable")
    flags[(len(flat) - 1 - order)[:kept]] = True
    result, begin = {}, 0
    for key, mask in masks.items():
        result[key] = flags[begin:begin + mask.size].reshape(mask.shape)
        begin += mask.size
    return result
