# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/goldens/training: ten optimizer steps without dropout, batches given one by one.

expected.json of each case: the sequences, the batches as lists of their indices, the options, per step the loss, the
gradient norm before clipping and the learning rate (float64 and float32), and for each parameter after the last step
its norm, its sum and the norm of its change.

Key biases are left out: adding the same number to all scores of a query changes no probability, so their gradient is
zero up to rounding, and Adam turns rounding into steps of any size.

A case with masks is trained without the masked heads and MLPs: they are removed from the model before the first step
(removal_reference.py), so its parameters are those of the smaller model.
"""

import dataclasses
import json
import pathlib
import sys

import numpy as np
import torch
import transformers

import glue_reference as glue
import lottery_reference as reference
import removal_reference
import tiny_models
import training_reference as training

BATCH_SIZE = 4
EXAMPLES = 18  # the last batch of each of two epochs is a short one: ten steps
VOCABULARY = [*tiny_models.SPECIAL, *(a + b for a in "bdfgk" for b in "aeiou")]


@dataclasses.dataclass
class Case:
    name: str
    shape: dict
    seed: int
    options: training.TrainingOptions
    masked_heads: tuple = ()
    masked_mlps: tuple = ()


_SMALL = dict(layers=2, heads=2, hidden=16, intermediate=24)
CASES = [
    Case("classification", dict(**_SMALL, outputs=2), 21, training.TrainingOptions(10, learning_rate=1e-3)),
    Case("regression_decay_warmup", dict(**_SMALL, outputs=1), 22,
         training.TrainingOptions(10, learning_rate=1e-3, weight_decay=0.1, warmup_share=0.2, max_gradient_norm=0.0)),
    Case("subnetwork", dict(layers=3, heads=4, hidden=16, intermediate=16, outputs=3), 23,
         training.TrainingOptions(10, learning_rate=1e-3), ((0, 1), (1, 0), (1, 1), (1, 2), (1, 3)), (2,)),
]


def make_sequences(outputs, random):
    cls, sep = VOCABULARY.index("[CLS]"), VOCABULARY.index("[SEP]")
    sequences = []
    for _ in range(EXAMPLES):
        words = random.integers(len(tiny_models.SPECIAL), len(VOCABULARY), size=random.integers(1, 12)).tolist()
        label = round(float(random.uniform(0, 5)), 3) if outputs == 1 else int(random.integers(outputs))
        sequences.append(glue.Features([cls, *words, sep], [0] * (len(words) + 2), label))
    return sequences


def train(folder, case, sequences, order, dtype):
    model = reference.MaskedBert.load(folder, case.shape["outputs"])
    head_mask, mlp_mask = model.ones()
    for layer, head in case.masked_heads:
        head_mask[layer, head] = 0
    for layer in case.masked_mlps:
        mlp_mask[layer] = 0
    if case.masked_heads or case.masked_mlps:
        model = removal_reference.RemovedBert(folder, case.shape["outputs"], head_mask, mlp_mask)
    model.model.to(dtype)
    before = {name: parameter.detach().clone() for name, parameter in model.model.named_parameters()}
    batches = [reference.collate([sequences[i] for i in rows]) for rows in order]
    steps = training.train(model, batches, case.options)
    parameters = {
        name: {"norm": parameter.norm().item(), "sum": parameter.sum().item(),
               "change": (parameter - before[name]).norm().item()}
        for name, parameter in model.model.named_parameters() if not name.endswith("attention.self.key.bias")}
    masks = {"head_mask": head_mask.int().tolist(), "mlp_mask": mlp_mask.int().tolist()}
    return masks, [dataclasses.asdict(step) for step in steps], parameters


def check_rounding(case, steps, parameters):
    """What is committed must not depend on the precision beyond the tolerance a test can ask for."""
    losses = [[step["loss"] for step in steps[name]] for name in ("float64", "float32")]
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-4, err_msg=case.name)
    for name, values in parameters["float64"].items():
        for key, value in values.items():
            np.testing.assert_allclose(parameters["float32"][name][key], value, rtol=1e-3, atol=1e-4,
                                       err_msg=f"{case.name}: {name} {key}")


def make(out, case):
    folder = out / case.name
    random = np.random.default_rng(case.seed)
    model = tiny_models.make_model(**case.shape, vocabulary_size=len(VOCABULARY), positions=16, seed=case.seed, std=0.2)
    tiny_models.save(model, folder, VOCABULARY)
    sequences = make_sequences(case.shape["outputs"], random)
    order = [rows.tolist() for _ in range(2)
             for rows in np.split(random.permutation(EXAMPLES), range(BATCH_SIZE, EXAMPLES, BATCH_SIZE))]
    steps, parameters = {}, {}
    for name, dtype in (("float64", torch.float64), ("float32", torch.float32)):
        masks, steps[name], parameters[name] = train(folder, case, sequences, order, dtype)
    check_rounding(case, steps, parameters)
    shorten = lambda records: [{key: tiny_models.rounded(value) for key, value in r.items()} for r in records]
    expected = {
        "origin": f"tests/reference/make_training_goldens.py with torch {torch.__version__}, "
                  f"transformers {transformers.__version__}",
        "outputs": case.shape["outputs"], **masks, "options": dataclasses.asdict(case.options),
        "sequences": [{"input_ids": s.input_ids, "token_type_ids": s.token_type_ids, "label": s.label}
                      for s in sequences],
        "batches": order,
        "steps": {name: shorten(records) for name, records in steps.items()},
        "parameters": {name: shorten([values])[0] for name, values in parameters["float64"].items()},
    }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")
    print(f"{case.name}: losses {steps['float64'][0]['loss']:.4f} … {steps['float64'][-1]['loss']:.4f}, "
          f"gradient norms {min(s['gradient_norm'] for s in steps['float64']):.3g} … "
          f"{max(s['gradient_norm'] for s in steps['float64']):.3g}")


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1] / "goldens" / "training"
    torch.set_num_threads(1)
    for case in CASES:
        make(out, case)


if __name__ == "__main__":
    main()
