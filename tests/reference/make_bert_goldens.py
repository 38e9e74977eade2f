# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/goldens/bert: tiny seeded models with the outputs and mask gradients of transformers.

expected.json of each model: sequences of differing lengths (one batch), attention probabilities of the first two
([L, N, S, S], no mask), and per mask state logits [B, C], batch mean loss and the absolute gradients of that loss
in the head mask [L, N] and the MLP mask [L], in float64 and in float32.

pruned_heads: a checkpoint that transformers wrote after pruning heads, with its logits [B, C] in float64, and those of
a mask [L, N] on top of it that leaves fewer heads.
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

LENGTHS = [7, 11, 2, 20, 3, 13, 7, 5]
VOCABULARY = [*tiny_models.SPECIAL, *(a + b for a in "bdfgkmp" for b in "aeiou")]
MODELS = {
    "two_layers": dict(layers=2, heads=2, hidden=16, intermediate=32, outputs=2, seed=11),
    "three_layers": dict(layers=3, heads=4, hidden=32, intermediate=48, outputs=3, seed=12),
    "one_head_regression": dict(layers=1, heads=1, hidden=8, intermediate=12, outputs=1, seed=13),
}
# Masked components per further state: heads (layer, head) and MLPs.
STATES = {
    "two_layers": [([(0, 1)], [1]), ([(0, 0), (0, 1)], []), ([(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1])],
    "three_layers": [([(0, 2), (1, 0), (1, 3), (2, 1)], [1]), ([(1, head) for head in range(4)], [0, 2])],
    "one_head_regression": [([(0, 0)], []), ([], [0])],
}


def make_sequences(outputs, seed):
    random = np.random.default_rng(seed)
    cls, sep = VOCABULARY.index("[CLS]"), VOCABULARY.index("[SEP]")
    sequences = []
    for length in LENGTHS:
        words = random.integers(len(tiny_models.SPECIAL), len(VOCABULARY), size=length).tolist()
        words[0], words[-1] = cls, sep
        types = [0] * length
        if length >= 5:  # a pair
            first = int(random.integers(2, length - 2))
            words[first] = sep
            types = [0] * (first + 1) + [1] * (length - first - 1)
        label = round(float(random.uniform(0, 5)), 3) if outputs == 1 else int(random.integers(outputs))
        sequences.append(glue.Features(words, types, label))
    return sequences


def evaluate(folder, outputs, batch, head_mask, mlp_mask, dtype):
    model = reference.MaskedBert.load(folder, outputs)
    model.model.to(dtype)
    head, mlp, result, loss = reference.mask_gradients(
        model, batch, torch.tensor(head_mask, dtype=dtype), torch.tensor(mlp_mask, dtype=dtype))
    return head, mlp, result, loss


def mask_state(folder, spec, batch, masked_heads, masked_mlps):
    head_mask, mlp_mask = np.ones((spec["layers"], spec["heads"])), np.ones(spec["layers"])
    for layer, head in masked_heads:
        head_mask[layer, head] = 0
    mlp_mask[masked_mlps] = 0
    state = {"head_mask": head_mask.astype(int).tolist(), "mlp_mask": mlp_mask.astype(int).tolist()}
    for name, dtype in (("float64", torch.float64), ("float32", torch.float32)):
        head, mlp, result, loss = evaluate(folder, spec["outputs"], batch, head_mask, mlp_mask, dtype)
        state[name] = {"logits": tiny_models.rounded(result.logits), "loss": tiny_models.rounded(loss.item()),
                       "head_gradient": tiny_models.rounded(head), "mlp_gradient": tiny_models.rounded(mlp)}
    return state


def make(out, name):
    spec = MODELS[name]
    folder = out / name
    model = tiny_models.make_model(**spec, vocabulary_size=len(VOCABULARY), positions=24, std=0.3)
    tiny_models.save(model, folder, VOCABULARY)
    sequences = make_sequences(spec["outputs"], spec["seed"])
    batch = reference.collate(sequences)
    states = [mask_state(folder, spec, batch, *masked) for masked in [([], []), *STATES[name]]]
    # The same without any mask of ours: the masks at one must not change the model.
    plain = transformers.BertForSequenceClassification.from_pretrained(
        folder, num_labels=spec["outputs"], attn_implementation="eager").double().eval()
    attention = []
    with torch.no_grad():
        for sequence, row in zip(sequences, states[0]["float64"]["logits"], strict=True):
            one = reference.collate([sequence])
            one.pop("labels")
            result = plain(**one, output_attentions=True)
            np.testing.assert_allclose(result.logits[0].numpy(), row, rtol=1e-9)
            attention.append(torch.cat(result.attentions))
    expected = {
        "origin": f"tests/reference/make_bert_goldens.py with torch {torch.__version__}, "
                  f"transformers {transformers.__version__}",
        "outputs": spec["outputs"],
        "sequences": [{"input_ids": s.input_ids, "token_type_ids": s.token_type_ids, "label": s.label}
                      for s in sequences],
        "attention_probs": [tiny_models.rounded(maps, 8) for maps in attention[:2]],
        "states": states,
    }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


PRUNED = {0: [1], 2: [3, 0]}
PRUNED_FURTHER = {0: [1, 2], 1: [0], 2: [0, 1, 3]}


def make_pruned(out):
    spec = dict(layers=3, heads=4, hidden=16, intermediate=24, outputs=2, seed=14)
    folder = out / "pruned_heads"
    model = tiny_models.make_model(**spec, vocabulary_size=len(VOCABULARY), positions=24, std=0.3)
    model.prune_heads(PRUNED)
    tiny_models.save(model, folder, VOCABULARY)
    sequences = make_sequences(spec["outputs"], spec["seed"])
    batch = reference.collate(sequences)
    batch.pop("labels")
    mask = np.ones((spec["layers"], spec["heads"]))
    for layer, heads in PRUNED_FURTHER.items():
        mask[layer, heads] = 0
    logits = []
    for further in ({}, PRUNED_FURTHER):
        loaded = transformers.BertForSequenceClassification.from_pretrained(folder, attn_implementation="eager")
        loaded.prune_heads({layer: list(heads) for layer, heads in further.items()})
        with torch.no_grad():
            logits.append(tiny_models.rounded(loaded.double().eval()(**batch).logits))
    expected = {
        "origin": f"tests/reference/make_bert_goldens.py with torch {torch.__version__}, "
                  f"transformers {transformers.__version__}",
        "outputs": spec["outputs"],
        "sequences": [{"input_ids": s.input_ids, "token_type_ids": s.token_type_ids, "label": s.label}
                      for s in sequences],
        "logits": logits[0],
        "further_mask": mask.astype(int).tolist(),
        "further_logits": logits[1],
    }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1] / "goldens" / "bert"
    torch.set_num_threads(1)
    for name in MODELS:
        make(out, name)
    make_pruned(out)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    print(f"{out}: {len(MODELS) + 1} models, {size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
