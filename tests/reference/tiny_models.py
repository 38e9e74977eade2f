# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny seeded BERT classifiers and vocabularies for the committed goldens."""

import numpy as np
import torch
import transformers

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def make_model(layers, heads, hidden, intermediate, outputs, vocabulary_size, positions, seed, std=None):
    """A classifier; with `std` every weight is drawn from N(0, std), LayerNorm weights from N(1, std)."""
    torch.manual_seed(seed)
    config = transformers.BertConfig(
        vocab_size=vocabulary_size, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
        intermediate_size=intermediate, max_position_embeddings=positions, num_labels=outputs)
    config._attn_implementation = "eager"
    model = transformers.BertForSequenceClassification(config)
    if std is not None:
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.normal_(1.0 if name.endswith("LayerNorm.weight") else 0.0, std)
    return model.eval()


def save(model, folder, vocabulary):
    """config.json, model.safetensors and vocab.txt."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")


def rounded(values, digits=10):
    """Nested lists of floats with so many significant digits; NaN becomes null."""
    if isinstance(values, torch.Tensor):
        values = values.detach().numpy()
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if isinstance(values, (list, tuple)):
        return [rounded(value, digits) for value in values]
    if isinstance(values, float):
        return None if np.isnan(values) else float(f"{values:.{digits}g}")
    return values
