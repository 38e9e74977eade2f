# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/goldens/attention: attention maps of the models in tests/goldens/bert.

Per case: the heads that were pruned, and per sequence the maps [L][n][S][S] of the heads that are left, in float64:
raw (transformers' output_attentions), norm (the formula of Kobayashi et al. 2020 evaluated directly, with the whole
tensor of weighted vectors [n, S, S, H]) and norm_as_published (the output projection's weight reshaped to
[n, D, H] without transposing it, as the code of Prasanna et al. 2020 does).
"""

import json
import pathlib
import sys

import torch
import transformers

import glue_reference as glue
import lottery_reference as reference
import tiny_models

GOLDENS = pathlib.Path(__file__).parents[1] / "goldens"
CASES = [("two_layers", {}), ("three_layers", {}), ("three_layers", {0: [1, 2], 1: [3]})]


def norms(attention, hidden, probs, transposed):
    """[n,S,S]: norms of the weighted vectors of one layer's heads. hidden [S,H], probs [n,S,S]."""
    heads = attention.self.num_attention_heads
    size = attention.self.attention_head_size
    value = attention.self.value(hidden).view(len(hidden), heads, size).transpose(0, 1)  # [n,S,D]
    weight = attention.output.dense.weight  # [H,nD]
    by_head = weight.t().reshape(heads, size, -1) if transposed else weight.reshape(heads, size, -1)
    vectors = torch.einsum("nsd,ndh->nsh", value, by_head)
    weighted = torch.einsum("nij,njh->nijh", probs, vectors)
    return weighted.norm(dim=-1)


def maps(model, sequence):
    batch = reference.collate([sequence])
    batch.pop("labels")
    with torch.no_grad():
        out = model.bert(**batch, output_attentions=True, output_hidden_states=True)
        raw, norm, published = [], [], []
        for layer, probs, hidden in zip(model.bert.encoder.layer, out.attentions, out.hidden_states):
            raw.append(tiny_models.rounded(probs[0]))
            norm.append(tiny_models.rounded(norms(layer.attention, hidden[0], probs[0], True)))
            published.append(tiny_models.rounded(norms(layer.attention, hidden[0], probs[0], False)))
    return {"raw": raw, "norm": norm, "norm_as_published": published}


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDENS / "attention"
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    cases = []
    for name, pruned in CASES:
        stored = json.loads((GOLDENS / "bert" / name / "expected.json").read_text())["sequences"][:2]
        model = transformers.BertForSequenceClassification.from_pretrained(
            GOLDENS / "bert" / name, attn_implementation="eager")
        model.prune_heads({layer: list(heads) for layer, heads in pruned.items()})
        model.double().eval()
        cases.append({
            "model": name,
            "pruned_heads": [[layer, head] for layer, heads in pruned.items() for head in heads],
            "sequences": stored,
            "maps": [maps(model, glue.Features(s["input_ids"], s["token_type_ids"], s["label"])) for s in stored],
        })
    expected = {"origin": f"tests/reference/make_attention_goldens.py with torch {torch.__version__}, "
                          f"transformers {transformers.__version__}",
                "cases": cases}
    (out / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
