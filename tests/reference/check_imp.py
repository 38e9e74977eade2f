# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the rounds of `lottery mask imp --keep-models` against torch.nn.utils.prune.

    python tests/reference/check_imp.py OUT

For every round: the next mask from that round's trained weights and its mask, chosen by global_unstructured over all
layers; they must be equal weight by weight. Exits with 1 on a difference.
"""

import json
import pathlib
import sys

import numpy as np
import safetensors
import torch
import transformers
from torch.nn.utils import prune

import magnitude_reference as reference


def read_masks(path):
    with safetensors.safe_open(path, "np") as file:
        shapes = json.loads(file.metadata()["shapes"])
        return {key: np.unpackbits(file.get_tensor(key + "_mask"), bitorder="little",
                                   count=int(np.prod(shape))).reshape(shape).astype(bool)
                for key, shape in shapes.items()}


def next_masks(folder, masks, number, mlp_output_bias):
    model = transformers.BertForSequenceClassification.from_pretrained(folder)
    chosen = reference.prunable(model, mlp_output_bias)
    if masks is not None:
        for module, name, key in chosen:
            prune.custom_from_mask(module, name, torch.from_numpy(masks[key]))
    prune.global_unstructured([(module, name) for module, name, _ in chosen], prune.L1Unstructured, amount=number)
    return reference.current_masks(chosen)


def main():
    out = pathlib.Path(sys.argv[1])
    record = json.loads((out / "search.json").read_text())
    rounds = record["rounds"]
    problems = []
    masks = None
    for before, after in zip(rounds, rounds[1:]):
        number = before["kept_weights"] - after["kept_weights"]
        expected = next_masks(out / "rounds" / str(before["index"]), masks, number, record["mlp_output_bias"])
        masks = read_masks(out / f"weight_mask_{after['index']}.safetensors")
        if masks.keys() != expected.keys():
            problems.append(f"round {after['index']}: other parameters")
            continue
        different = sum(int((masks[key] != expected[key]).sum()) for key in masks)
        if different or sum(int(mask.sum()) for mask in masks.values()) != after["kept_weights"]:
            problems.append(f"round {after['index']}: {different} weights differ")
    final = read_masks(out / "weight_mask.safetensors")
    if len(rounds) < 2 or any((final[key] != masks[key]).any() for key in final):
        problems.append("the final mask is not the last round's")
    print("\n".join(problems) or f"{len(rounds) - 1} masks equal")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
