# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/goldens/training_pruned: ten optimizer steps with pruned weights, through torch.nn.utils.prune.

Model, sequences, batches and options are those of tests/goldens/training/<name>; `amount` of the prunable weights,
the smallest, are pruned before the first step. AdamW trains `weight_orig`; the model computes with weight_orig × mask.
expected.json: parameters and masks as in tests/goldens/magnitude; per step loss and gradient norm before clipping,
float64; per parameter after the last step the norm and sum of what the model computes with.
"""

import json
import pathlib
import sys

import torch
import transformers
from torch.nn.utils import prune

import glue_reference as glue
import lottery_reference as reference
import magnitude_reference as magnitude
import tiny_models
import training_reference as training

GOLDENS = pathlib.Path(__file__).parents[1] / "goldens"
CASES = {"classification": 0.5, "regression_decay_warmup": 0.7}  # amount


def make(out, name, amount):
    source = json.loads((GOLDENS / "training" / name / "expected.json").read_text(encoding="utf-8"))
    model = reference.MaskedBert.load(GOLDENS / "training" / name, source["outputs"])
    model.model.double()
    chosen = magnitude.prunable(model.model, "pruned")
    prune.global_unstructured([(module, parameter) for module, parameter, _ in chosen],
                              pruning_method=prune.L1Unstructured, amount=amount)
    masks = magnitude.current_masks(chosen)
    sequences = [glue.Features(s["input_ids"], s["token_type_ids"], s["label"]) for s in source["sequences"]]
    batches = [reference.collate([sequences[i] for i in rows]) for rows in source["batches"]]
    options = training.TrainingOptions(**source["options"])
    steps = training.train(model, batches, options)
    for module, parameter, _ in chosen:
        prune.remove(module, parameter)
    parameters = {key: {"norm": value.norm().item(), "sum": value.sum().item()}
                  for key, value in model.model.named_parameters() if not key.endswith("attention.self.key.bias")}
    expected = {
        "origin": f"tests/reference/make_pruned_training_goldens.py with torch {torch.__version__}, "
                  f"transformers {transformers.__version__}, on tests/goldens/training/{name}",
        "amount": amount, "parameters": list(masks), "masks": magnitude.packed_hex(masks),
        "steps": [{"loss": tiny_models.rounded(s.loss), "gradient_norm": tiny_models.rounded(s.gradient_norm)}
                  for s in steps],
        "after": {key: {k: tiny_models.rounded(v) for k, v in values.items()} for key, values in parameters.items()},
    }
    (out / f"{name}.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")
    print(f"{name}: losses {steps[0].loss:.4f} … {steps[-1].loss:.4f}")


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDENS / "training_pruned"
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name, amount in CASES.items():
        make(out, name, amount)


if __name__ == "__main__":
    main()
