# SPDX-License-Identifier: GPL-3.0-or-later
"""The structured mask search in plain PyTorch and transformers (method.md, sections 3 and 4).

A reference to compare the program with, not a fast one: the published style computes what the paper's scripts
compute (sequences padded to the full length, attention maps returned, gradients of all weights). The fast style
does what a careful PyTorch user would do with the same library (frozen weights, padding to the longest of the
batch, fused attention) and gives the same numbers up to rounding.

L layers, N heads, B sequences, S positions, H hidden, C outputs.
"""

import dataclasses
import math
import time
import warnings

import numpy as np
import torch
import transformers

import glue_reference as glue


class MaskedBert:
    """A Hugging Face classifier with a mask variable per head [L, N] and per MLP [L].

    head_mask multiplies attention probabilities; mlp_mask multiplies an MLP's output after its dense layer and
    dropout, before the residual sum and LayerNorm.
    """

    def __init__(self, model, fast=False):
        self.model = model.eval()
        self.fast = fast
        self.layers = model.config.num_hidden_layers
        self.heads = model.config.num_attention_heads
        self._head_mask = None
        self._mlp_mask = None
        for parameter in model.parameters():
            parameter.requires_grad_(not fast)
        for index, layer in enumerate(model.bert.encoder.layer):
            layer.output.dropout.register_forward_hook(
                lambda module, inputs, output, index=index: output * self._mlp_mask[index])
            if fast:
                # Probabilities enter the context linearly, so scaling a head's context is the same; the fused
                # kernel takes no head mask.
                layer.attention.self.register_forward_hook(
                    lambda module, inputs, output, index=index: (self._scale_context(output[0], index), *output[1:]))

    @classmethod
    def load(cls, folder, outputs, fast=False):
        """A checkpoint folder; a missing classifier or pooler is drawn from torch's current seed."""
        model = transformers.BertForSequenceClassification.from_pretrained(
            folder, num_labels=outputs, attn_implementation="sdpa" if fast else "eager", dtype=torch.float32)
        return cls(model, fast)

    def _scale_context(self, context, index):
        size = context.shape[-1] // self.heads
        return context * self._head_mask[index].repeat_interleave(size)

    def __call__(self, batch, head_mask, mlp_mask, output_attentions=False):
        self._head_mask, self._mlp_mask = head_mask, mlp_mask
        arguments = {"input_ids": batch["input_ids"], "token_type_ids": batch["token_type_ids"],
                     "attention_mask": batch["attention_mask"]}
        if not self.fast:
            arguments |= {"head_mask": head_mask, "output_attentions": output_attentions}
        return self.model(**arguments)

    def loss(self, logits, labels):
        """Batch mean: cross-entropy, for one output mean squared error."""
        if logits.shape[1] == 1:
            return torch.nn.functional.mse_loss(logits[:, 0], labels.to(logits.dtype))
        return torch.nn.functional.cross_entropy(logits, labels)

    def ones(self):
        dtype = self.model.dtype
        return torch.ones(self.layers, self.heads, dtype=dtype), torch.ones(self.layers, dtype=dtype)


def collate(features, pad_to=0):
    """Tensors [B, S] of features, padded with 0 to `pad_to` or to the longest of the batch."""
    length = pad_to or max(len(f.input_ids) for f in features)
    pad = lambda values: values + [0] * (length - len(values))
    return {
        "input_ids": torch.tensor([pad(f.input_ids) for f in features]),
        "token_type_ids": torch.tensor([pad(f.token_type_ids) for f in features]),
        "attention_mask": torch.tensor([pad([1] * len(f.input_ids)) for f in features]),
        "labels": torch.tensor([f.label for f in features]),
    }


def batches(features, batch_size, pad_to=0):
    """In file order: which examples share a batch is part of the importance's definition."""
    for start in range(0, len(features), batch_size):
        yield collate(features[start:start + batch_size], pad_to)


def mask_gradients(model, batch, head_mask, mlp_mask):
    """Absolute gradients of the batch mean loss in both masks, with the forward outputs and the loss."""
    head_mask = head_mask.clone().requires_grad_(True)
    mlp_mask = mlp_mask.clone().requires_grad_(True)
    outputs = model(batch, head_mask, mlp_mask, output_attentions=True)
    loss = model.loss(outputs.logits, batch["labels"])
    loss.backward()
    return head_mask.grad.abs(), mlp_mask.grad.abs(), outputs, loss.detach()


def _min_max(values):
    low, high = values.min(), values.max()
    # All equal (one layer, one head): no order to express. Zeros instead of 0/0.
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def normalise(head_sums, mlp_sums, tokens, kind):
    """Section 3's scaling of the summed absolute gradients; masked components take part in it."""
    heads = head_sums / tokens if kind == "heads" else head_sums
    heads = heads / (np.sqrt((heads**2).sum(axis=1, keepdims=True)) + 1e-20)
    return _min_max(heads), _min_max(mlp_sums / tokens)


@dataclasses.dataclass
class Pass:
    """One pass over the split: the score of a mask and the importances for the next step."""

    score: float
    head_importance: np.ndarray  # [L, N]
    mlp_importance: np.ndarray  # [L]
    logits: np.ndarray  # [examples, C]
    seconds: float


def run_pass(model, task, features, head_mask, mlp_mask, kind, batch_size, max_seq_length):
    started = time.perf_counter()
    head_sums = np.zeros((model.layers, model.heads))
    mlp_sums = np.zeros(model.layers)
    logits = []
    dtype = model.model.dtype
    masks = torch.tensor(head_mask, dtype=dtype), torch.tensor(mlp_mask, dtype=dtype)
    for batch in batches(features, batch_size, 0 if model.fast else max_seq_length):
        head_gradient, mlp_gradient, outputs, _ = mask_gradients(model, batch, *masks)
        head_sums += head_gradient.numpy()
        mlp_sums += mlp_gradient.numpy()
        logits.append(outputs.logits.detach().numpy())
    logits = np.concatenate(logits)
    tokens = sum(len(f.input_ids) for f in features)
    score = glue.task_metrics(task, logits, [f.label for f in features])[task.search_metric]
    if math.isnan(score):
        warnings.warn(f"{task.search_metric} is undefined (constant predictions): counted as the worst score")
        score = glue.WORST[task.search_metric]
    importance = normalise(head_sums, mlp_sums, tokens, kind)
    return Pass(score, *importance, logits, time.perf_counter() - started)


@dataclasses.dataclass
class Options:
    kind: str = "heads-mlps"  # heads, mlps, heads-mlps
    mode: str = "rigorous"  # published, rigorous
    threshold: float = 0.9
    amount: float = 0.1
    batch_size: int = 64
    max_seq_length: int = 128
    phase_importance: str = ""  # Q2: last, kept; by the mode when empty


@dataclasses.dataclass
class Step:
    index: int
    phase: str
    accepted: bool
    masked: list  # [(layer, head or None)] newly masked in this step
    head_mask: np.ndarray
    mlp_mask: np.ndarray
    result: Pass


@dataclasses.dataclass
class Search:
    metric: str
    full_score: float
    threshold: float  # score that a kept mask must reach
    score: float
    head_mask: np.ndarray
    mlp_mask: np.ndarray
    steps: list
    seconds: float
    # Distance between the most important component taken and the least important one left, per selection.
    selection_gaps: list


class Refused(Exception):
    """The rigorous mode does not search from a model that is no better than chance."""

    def __init__(self, metric, full_score, chance):
        super().__init__(f"the full model's {metric} {full_score:.6g} is not above chance {chance:.6g}")
        self.full_score = full_score
        self.chance = chance


def least_important(importance, mask, number):
    """Flat indices of the `number` least important kept components (ties: lowest index), and the gap to the next."""
    kept = np.flatnonzero(mask.ravel() == 1)
    # float32 is what is written to disk and what the published code sorts.
    values = importance.ravel().astype(np.float32)[kept]
    order = np.argsort(values, kind="stable")
    gap = float(values[order[number]] - values[order[number - 1]]) if 0 < number < len(kept) else math.inf
    return kept[order[:number]], gap


def search_masks(model, task, features, options, on_step=lambda step: None):
    """Iterative masking until the score falls below threshold × full score. `on_step` sees each finished pass."""
    started = time.perf_counter()
    steps, gaps = [], []
    run = lambda heads, mlps: run_pass(model, task, features, heads, mlps, options.kind, options.batch_size,
                                       options.max_seq_length)
    kept_heads = np.ones((model.layers, model.heads))
    kept_mlps = np.ones(model.layers)
    last = run(kept_heads, kept_mlps)
    full_score, threshold = last.score, options.threshold * last.score
    steps.append(Step(0, "full", True, [], kept_heads.copy(), kept_mlps.copy(), last))
    on_step(steps[-1])
    floor = glue.chance(task, [f.label for f in features])
    if options.mode == "rigorous" and full_score <= floor:
        raise Refused(task.search_metric, full_score, floor)

    kept_score, kept_pass = full_score, last
    from_kept = (options.phase_importance or ("kept" if options.mode == "rigorous" else "last")) == "kept"
    per_step = max(1, int(options.amount * model.layers * model.heads))
    half = per_step // 2 if options.mode == "published" else max(1, per_step // 2)
    phases = {"heads": [("heads", per_step, 0)], "mlps": [("mlps", 0, 1)],
              "heads-mlps": [("heads_mlps", per_step, 1), ("heads", half, 0), ("mlps", 0, 1)]}[options.kind]
    for phase, head_number, mlp_number in phases:
        # A later phase goes on from the kept masks and their score; as published `last` (the importances) is the
        # last pass that was run, also when that pass failed: quirk Q2.
        score, heads, mlps = kept_score, kept_heads, kept_mlps
        if from_kept:
            last = kept_pass
        while score >= threshold:
            kept_score, kept_heads, kept_mlps, kept_pass = score, heads, mlps, last
            if head_number == 0 and mlp_number == 0:
                break
            if (head_number and not heads.any()) or (mlp_number and not mlps.any()):
                break
            head_choice, head_gap = least_important(last.head_importance, heads, head_number)
            mlp_choice, mlp_gap = least_important(last.mlp_importance, mlps, mlp_number)
            gaps.append(min(head_gap, mlp_gap))
            heads, mlps = heads.copy(), mlps.copy()
            heads.ravel()[head_choice] = 0
            mlps[mlp_choice] = 0
            last = run(heads, mlps)
            score = last.score
            masked = [divmod(int(i), model.heads) for i in head_choice] + [(int(i), None) for i in mlp_choice]
            steps.append(Step(len(steps), phase, bool(score >= threshold), masked, heads, mlps, last))
            on_step(steps[-1])
    return Search(task.search_metric, full_score, threshold, kept_score, kept_heads, kept_mlps, steps,
                  time.perf_counter() - started, gaps)


def search_record(search, task, options):
    """search.json's content."""
    return {
        "task": task.name, "kind": options.kind, "mode": options.mode, "metric": search.metric,
        "full_score": search.full_score, "threshold": search.threshold, "score": search.score,
        "kept_heads": int(search.head_mask.sum()), "kept_mlps": int(search.mlp_mask.sum()),
        "kept_weights_share": None,
        "steps": [{
            "index": step.index, "phase": step.phase, "score": step.result.score,
            "kept_heads": int(step.head_mask.sum()), "kept_mlps": int(step.mlp_mask.sum()),
            "masked": [{"layer": layer, "head": head} for layer, head in step.masked],
            "accepted": step.accepted, "seconds": step.result.seconds,
        } for step in search.steps],
        "seconds": search.seconds,
    }
