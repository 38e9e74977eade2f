# SPDX-License-Identifier: GPL-3.0-or-later
"""Physical removal of heads and MLPs from a transformers classifier (method.md, section 5).

Heads go by transformers' own prune_heads where a layer keeps some. transformers cannot compute a layer without any
head and knows no removed MLP: there the sub-layer becomes the LayerNorm of its input alone, under the same key.
"""

import torch
import transformers

import lottery_reference as reference


class NormOnly(torch.nn.Module):
    """What is left of an attention or MLP output: LayerNorm of the residual."""

    def __init__(self, norm):
        super().__init__()
        self.LayerNorm = norm


class NoAttention(torch.nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.output = NormOnly(norm)

    def forward(self, hidden_states, *arguments, **options):
        return (self.output.LayerNorm(hidden_states),)


class NoIntermediate(torch.nn.Module):
    def forward(self, hidden_states):
        return hidden_states


class NoMlp(NormOnly):
    def forward(self, hidden_states, input_tensor):
        return self.LayerNorm(input_tensor)


def remove(model, head_mask, mlp_mask):
    """Changes a BertForSequenceClassification; masks [L, N] and [L], 0 where a component is removed."""
    dead = {layer: [head for head, kept in enumerate(row) if not kept] for layer, row in enumerate(head_mask.tolist())}
    heads = head_mask.shape[1]
    model.prune_heads({layer: list(gone) for layer, gone in dead.items() if 0 < len(gone) < heads})
    for index, layer in enumerate(model.bert.encoder.layer):
        if len(dead[index]) == heads:
            layer.attention = NoAttention(layer.attention.output.LayerNorm)
        if not mlp_mask[index]:
            layer.intermediate = NoIntermediate()
            layer.output = NoMlp(layer.output.LayerNorm)


class RemovedBert(reference.MaskedBert):
    """A checkpoint whose masked components are gone; it takes no further masks."""

    def __init__(self, folder, outputs, head_mask, mlp_mask):
        self.model = transformers.BertForSequenceClassification.from_pretrained(
            folder, num_labels=outputs, attn_implementation="eager", dtype=torch.float32)
        remove(self.model, head_mask, mlp_mask)
        self.model.eval()
        self.layers = self.model.config.num_hidden_layers
        self.heads = self.model.config.num_attention_heads

    def __call__(self, batch, *masks):
        return self.model(input_ids=batch["input_ids"], token_type_ids=batch["token_type_ids"],
                          attention_mask=batch["attention_mask"])
