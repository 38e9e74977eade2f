# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/goldens/residuals: logits of the models in tests/goldens/bert without residual connections.

Per case: which residuals (attention, mlp), in which layers, with which heads pruned, and the logits [B, C] of
transformers in float64, its LayerNorms given the projection's (or the MLP's) output alone.
"""

import json
import pathlib
import sys

import torch
import transformers

import lottery_reference as reference
import glue_reference as glue
import tiny_models

GOLDENS = pathlib.Path(__file__).parents[1] / "goldens"
CASES = {
    "two_layers": [(True, False, [0, 1], {}), (False, True, [0, 1], {}), (True, True, [1], {0: [1]})],
    "three_layers": [(True, True, [0, 1, 2], {}), (True, False, [0, 2], {0: [1, 2], 1: [3]}), (False, True, [1], {}),
                     (True, False, [1], {})],
}


def without_residual(module):
    """Of BertSelfOutput and BertOutput: what forward does, but for the sum."""
    module.forward = lambda states, residual: module.LayerNorm(module.dropout(module.dense(states)))


def logits(name, attention, mlp, layers, pruned, sequences):
    model = transformers.BertForSequenceClassification.from_pretrained(
        GOLDENS / "bert" / name, attn_implementation="eager")
    model.prune_heads({layer: list(heads) for layer, heads in pruned.items()})
    model.double().eval()
    for index in layers:
        layer = model.bert.encoder.layer[index]
        if attention:
            without_residual(layer.attention.output)
        if mlp:
            without_residual(layer.output)
    batch = reference.collate(sequences)
    batch.pop("labels")
    with torch.no_grad():
        return model(**batch).logits


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDENS / "residuals"
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name, cases in CASES.items():
        stored = json.loads((GOLDENS / "bert" / name / "expected.json").read_text())["sequences"]
        sequences = [glue.Features(s["input_ids"], s["token_type_ids"], s["label"]) for s in stored]
        expected = {
            "origin": f"tests/reference/make_residual_goldens.py with torch {torch.__version__}, "
                      f"transformers {transformers.__version__}",
            "cases": [{"attention": attention, "mlp": mlp, "layers": layers,
                       "pruned_heads": [[layer, head] for layer, heads in pruned.items() for head in heads],
                       "logits": tiny_models.rounded(logits(name, attention, mlp, layers, pruned, sequences))}
                      for attention, mlp, layers, pruned in cases],
        }
        (out / f"{name}.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
