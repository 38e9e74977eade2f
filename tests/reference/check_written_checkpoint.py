# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that transformers loads a checkpoint folder that the program wrote, without a missing, unexpected or
mismatched key, and that it holds the expected values.

    python tests/reference/check_written_checkpoint.py FOLDER [EXPECTED.json]

EXPECTED.json: key -> {"shape", "values"}, as make_checkpoint_goldens.py writes it; or {"sequences", "logits"}: the
logits [B, C] that the model must give to 1e-4. Exits with 1 on a difference.
"""

import json
import logging
import pathlib
import sys
import warnings

import torch
import transformers
from transformers import BertForSequenceClassification, BertTokenizer


class Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def check_logits(model, expected: dict) -> list[str]:
    model.eval()
    problems = []
    for index, (sequence, row) in enumerate(zip(expected["sequences"], expected["logits"], strict=True)):
        inputs = {key: torch.tensor([sequence[key]]) for key in ("input_ids", "token_type_ids")}
        with torch.no_grad():
            difference = (model(**inputs).logits[0] - torch.tensor(row)).abs().max().item()
        if not difference < 1e-4:
            problems.append(f"logits of sequence {index} differ by {difference}")
    return problems


def main(folder: pathlib.Path, expected_file: pathlib.Path | None) -> list[str]:
    problems = []
    collector = Collector()
    transformers.utils.logging.get_logger("transformers").addHandler(collector)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model, info = BertForSequenceClassification.from_pretrained(folder, output_loading_info=True)
    problems += [f"{kind}: {sorted(keys)}" for kind, keys in info.items() if keys]
    problems += [f"warning: {line}" for line in collector.lines]
    problems += [f"warning: {w.message}" for w in caught]

    if expected_file is not None:
        expected = json.loads(expected_file.read_text())
        expected.pop("origin", None)
        if "logits" in expected:
            return problems + check_logits(model, expected)
        found = model.state_dict()
        if sorted(found) != sorted(expected):
            problems.append(f"keys differ: {sorted(set(found) ^ set(expected))}")
        for key, reference in expected.items():
            values = torch.tensor(reference["values"]).view(reference["shape"])
            if key in found and not torch.equal(found[key], values):
                problems.append(f"values differ: {key}")

    if (folder / "vocab.txt").exists():
        tokenizer = BertTokenizer.from_pretrained(folder)
        model.eval()
        logits = model(**tokenizer("the old cat sees a dog", return_tensors="pt")).logits
        if logits.shape != (1, model.config.num_labels) or not torch.isfinite(logits).all():
            problems.append(f"logits: {logits}")
    return problems


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    found = main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else None)
    print("\n".join(found) if found else "ok")
    sys.exit(1 if found else 0)
