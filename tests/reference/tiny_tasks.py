# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny seeded dev files in GLUE's own layout for the committed search goldens."""

import numpy as np

import tiny_models

_WORDS = ["cat", "dog", "cow", "hen", "car", "bus", "van", "tram", "the", "a", "one", "saw", "had", "near", "this",
          "very", "fine", "good", "great", "poor", "bad", "awful", "not"]
VOCABULARY = [*tiny_models.SPECIAL, *_WORDS]


def make_texts(task, number, random):
    """(text a, text b or None) of so many rows."""
    sentence = lambda: " ".join(str(word) for word in random.choice(_WORDS, size=random.integers(2, 9)))
    return [(sentence(), sentence() if task.text_b else None) for _ in range(number)]


def make_labels(task, logits, random, noise):
    """A model's own answers as labels: `noise` is the share turned round, or for a score the spread added."""
    if task.is_regression:
        outputs = logits[:, 0]
        scores = 2.5 + 1.25 * ((outputs - outputs.mean()) / outputs.std() + noise * random.normal(size=len(outputs)))
        return [float(score) for score in np.clip(scores, 0, 5).round(3)]
    turned = random.random(len(logits)) < noise
    return [int(label) for label in np.where(turned, 1 - logits.argmax(axis=1), logits.argmax(axis=1))]


_HEADERS = {
    "SST-2": ["sentence", "label"],
    "MRPC": ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"],
    "STS-B": ["index", "genre", "filename", "year", "old_index", "source1", "source2", "sentence1", "sentence2",
              "score"],
}


def _row(task, index, a, b, label):
    if task.is_regression:
        return [index, "tiny", "rows", "2020", index, "none", "none", a, b, f"{label:.3f}"]
    name = task.classes[label]
    if task.name == "CoLA":
        return ["tiny", name, "" if label else "*", a]
    if task.name == "MRPC":
        return [name, 2 * index, 2 * index + 1, a, b]
    return [a, name] if b is None else [index, a, b, name]


def write_rows(task, path, texts, labels):
    path.parent.mkdir(parents=True, exist_ok=True)
    header = [_HEADERS.get(task.name, ["index", "sentence1", "sentence2", "label"])] if task.header else []
    rows = [_row(task, index, *text, label) for index, (text, label) in enumerate(zip(texts, labels, strict=True))]
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in header + rows), encoding="utf-8")
