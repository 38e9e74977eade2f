# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/goldens/criteria: what other criteria than the paper's say about the models of tests/goldens/bert.

Everything in float64 with plain autograd on transformers, one example at a time where a criterion looks at single
examples. Per model one file with the size of a block of neurons and, per mask state:

- head_mask [L, N], mlp_mask [L], neuron_mask [L, K]
- batch_absolute, example_absolute, example_square: of the gradients in the mask variables, each with heads, mlps and
  neurons: absolute gradient of the batch mean loss; mean over examples of the absolute, of the squared gradient
- entropy [L, N]: mean over all queries of the attention's entropy, nats
- confidence [L, N]: mean over queries of the largest attention probability, [SEP] neither query nor key
  (for masked heads null: transformers returns no probabilities of theirs)
"""

import json
import pathlib
import sys

import numpy as np
import torch
import transformers

import glue_reference as glue
import lottery_reference as reference
import tiny_models

BERT = pathlib.Path(__file__).parents[1] / "goldens" / "bert"
BLOCK_SIZES = {"two_layers": 8, "three_layers": 20, "one_head_regression": 5}  # 20 of 48 and 5 of 12: a short last one
# Masked per state: heads (layer, head), MLPs, blocks of neurons (layer, block).
STATES = {
    "two_layers": [([], [], []), ([(0, 1)], [1], [(0, 2)]), ([], [], [(1, b) for b in range(4)])],
    "three_layers": [([], [], []), ([(0, 2), (1, 0), (1, 3)], [1], [(0, 0), (2, 2)]),
                     ([(1, h) for h in range(4)], [], [(0, 1), (1, 0), (1, 1), (1, 2)])],
    "one_head_regression": [([], [], []), ([], [], [(0, 2)])],
}


class NeuronMaskedBert(reference.MaskedBert):
    """MaskedBert with a third mask variable: per block of each MLP's activations."""

    def __init__(self, model, block_size):
        super().__init__(model)
        neurons = model.config.intermediate_size
        self.block_of = torch.arange(neurons) // block_size
        self.blocks = int(self.block_of[-1]) + 1
        self.neuron_mask = None
        for index, layer in enumerate(model.bert.encoder.layer):
            layer.intermediate.register_forward_hook(
                lambda module, inputs, output, index=index: output * self.neuron_mask[index][self.block_of])


def gradients(model, batch, masks):
    """Gradients of the batch's mean loss in the three masks."""
    head, mlp, model.neuron_mask = variables = [mask.clone().requires_grad_(True) for mask in masks]
    loss = model.loss(model(batch, head, mlp).logits, batch["labels"])
    return [gradient.numpy() for gradient in torch.autograd.grad(loss, variables)]


def attention_scores(model, sequences, masks):
    head, mlp, model.neuron_mask = masks
    separator = sequences[0].input_ids[-1]
    entropy, confidence = np.zeros(head.shape), np.zeros(head.shape)
    queries = words = 0
    with torch.no_grad():
        for sequence in sequences:
            maps = model(reference.collate([sequence]), head, mlp, output_attentions=True).attentions
            probs = torch.cat(maps).numpy()  # [L, N, s, s]
            is_word = np.array(sequence.input_ids) != separator
            entropy += -(probs * np.log(np.where(probs > 0, probs, 1))).sum(axis=(-1, -2))
            if is_word.any():
                confidence += probs[..., is_word, :][..., is_word].max(axis=-1).sum(axis=-1)
            queries += len(is_word)
            words += int(is_word.sum())
    known = np.where(head.numpy() == 1, 1, np.nan)
    return entropy / queries * known, confidence / words * known


def three(values):
    return dict(zip(("heads", "mlps", "neurons"), (tiny_models.rounded(np.asarray(v)) for v in values), strict=True))


def mask_state(model, sequences, masked_heads, masked_mlps, masked_blocks):
    head, mlp = (mask.double() for mask in model.ones())
    neurons = torch.ones(model.layers, model.blocks, dtype=torch.float64)
    for layer, index in masked_heads:
        head[layer, index] = 0
    mlp[masked_mlps] = 0
    for layer, index in masked_blocks:
        neurons[layer, index] = 0
    masks = (head, mlp, neurons)
    batch = [np.abs(g) for g in gradients(model, reference.collate(sequences), masks)]
    single = [gradients(model, reference.collate([sequence]), masks) for sequence in sequences]
    by_mask = [np.stack(g) for g in zip(*single, strict=True)]
    entropy, confidence = attention_scores(model, sequences, masks)
    return {
        "head_mask": head.int().tolist(), "mlp_mask": mlp.int().tolist(), "neuron_mask": neurons.int().tolist(),
        "batch_absolute": three(batch),
        "example_absolute": three([np.abs(g).mean(axis=0) for g in by_mask]),
        "example_square": three([(g**2).mean(axis=0) for g in by_mask]),
        "entropy": tiny_models.rounded(entropy), "confidence": tiny_models.rounded(confidence),
    }


def make(out, name):
    golden = json.loads((BERT / name / "expected.json").read_text(encoding="utf-8"))
    bert = transformers.BertForSequenceClassification.from_pretrained(
        BERT / name, num_labels=golden["outputs"], attn_implementation="eager").double()
    model = NeuronMaskedBert(bert, BLOCK_SIZES[name])
    sequences = [glue.Features(**sequence) for sequence in golden["sequences"]]
    expected = {
        "origin": f"tests/reference/make_criteria_goldens.py with torch {torch.__version__}, "
                  f"transformers {transformers.__version__}",
        "block_size": BLOCK_SIZES[name],
        "states": [mask_state(model, sequences, *masked) for masked in STATES[name]],
    }
    (out / f"{name}.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else BERT.parent / "criteria"
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name in STATES:
        make(out, name)
    print(f"{out}: {len(STATES)} models, {sum(f.stat().st_size for f in out.iterdir()) / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
