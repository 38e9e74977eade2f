# SPDX-License-Identifier: GPL-3.0-or-later
"""GLUE tasks for the Python reference: reading, features, metrics (method.md, section 1).

Plain Python on transformers' BertTokenizer, scikit-learn and scipy, made to be read beside the C++ sources
it checks. Malformed files raise ValueError with file and line.
"""

import dataclasses
import math
import pathlib
import warnings

import numpy as np
from scipy import stats
from sklearn import metrics as sk

LAST = -1


@dataclasses.dataclass(frozen=True)
class Task:
    name: str
    header: bool
    text_a: tuple  # (column name, position used without that name)
    text_b: tuple | None
    label: tuple
    classes: tuple  # spelling in the file, in class order; empty for regression
    dev_files: tuple
    search_metric: str

    @property
    def is_regression(self):
        return not self.classes

    @property
    def outputs(self):
        return len(self.classes) or 1


_BINARY = ("0", "1")
_ENTAILMENT = ("entailment", "not_entailment")
_DEV = ("dev.tsv",)
TASKS = {
    task.name: task
    for task in (
        Task("CoLA", False, (None, 3), None, (None, 1), _BINARY, _DEV, "mcc"),
        Task("SST-2", True, ("sentence", 0), None, ("label", 1), _BINARY, _DEV, "acc"),
        Task("MRPC", True, ("#1 String", 3), ("#2 String", 4), ("Quality", 0), _BINARY, _DEV, "acc"),
        Task("STS-B", True, ("sentence1", 7), ("sentence2", 8), ("score", LAST), (), _DEV, "corr"),
        Task("QQP", True, ("question1", 3), ("question2", 4), ("is_duplicate", 5), _BINARY, _DEV, "acc"),
        Task("MNLI", True, ("sentence1", 8), ("sentence2", 9), ("gold_label", LAST),
             ("contradiction", "entailment", "neutral"), ("dev_matched.tsv", "dev_mismatched.tsv"), "mnli_acc"),
        Task("QNLI", True, ("question", 1), ("sentence", 2), ("label", 3), _ENTAILMENT, _DEV, "acc"),
        Task("RTE", True, ("sentence1", 1), ("sentence2", 2), ("label", 3), _ENTAILMENT, _DEV, "acc"),
        Task("WNLI", True, ("sentence1", 1), ("sentence2", 2), ("label", 3), _BINARY, _DEV, "acc"),
    )
}


@dataclasses.dataclass
class Example:
    text_a: str
    text_b: str | None
    label: int | float  # class index, or the score of a regression task


@dataclasses.dataclass
class Features:
    input_ids: list
    token_type_ids: list
    label: int | float


def task_folder(task, data):
    """The folder with the task's files: `data` itself or `data`/<task name>."""
    for folder in (pathlib.Path(data) / task.name, pathlib.Path(data)):
        if (folder / task.dev_files[0]).is_file():
            return folder
    raise ValueError(f"{data}: neither {task.dev_files[0]} nor {task.name}/{task.dev_files[0]} is there")


def _column(spec, header):
    name, position = spec
    return header.index(name) if header and name in header else position


def read_glue(task, path, limit=0):
    """Examples of one file in file order; `limit` > 0 keeps the first so many."""
    # Only '\n' ends a row: str.splitlines would also cut at U+2028 and the like inside a sentence.
    lines = pathlib.Path(path).read_bytes().decode("utf-8-sig").split("\n")
    rows = [(number, line.removesuffix("\r")) for number, line in enumerate(lines, 1)]
    if rows and not rows[-1][1]:
        rows.pop()
    header = rows.pop(0)[1].split("\t") if task.header else None
    column_a, column_label = _column(task.text_a, header), _column(task.label, header)
    column_b = _column(task.text_b, header) if task.text_b else None
    needed = max(column for column in (column_a, column_b, column_label) if column is not None)
    examples = []
    for number, line in rows:
        if limit and len(examples) == limit:
            break
        cells = line.split("\t")
        if len(cells) <= needed:
            if task.name == "QQP":
                continue
            raise ValueError(f"{path}:{number}: {len(cells)} columns, more than {needed} are needed")
        label = cells[column_label]
        if not task.is_regression and label not in task.classes:
            raise ValueError(f"{path}:{number}: label '{label}' is none of {', '.join(task.classes)}")
        value = float(label) if task.is_regression else task.classes.index(label)
        examples.append(Example(cells[column_a], cells[column_b] if task.text_b else None, value))
    if not examples:
        raise ValueError(f"{path}: no examples")
    return examples


def read_dev(task, data, limit=0):
    """The split that mask searches score: dev, for MNLI the matched one."""
    return read_glue(task, task_folder(task, data) / task.dev_files[0], limit)


def read_train(task, data, limit=0):
    return read_glue(task, task_folder(task, data) / "train.tsv", limit)


def make_features(tokenizer, examples, max_seq_length=128):
    """[CLS] a [SEP] or [CLS] a [SEP] b [SEP], not padded; the longer segment loses its last tokens first."""
    features = []
    for example in examples:
        a = tokenizer.tokenize(example.text_a)
        b = tokenizer.tokenize(example.text_b) if example.text_b is not None else None
        room = max_seq_length - (2 if b is None else 3)
        while len(a) + len(b or ()) > room:
            (a if b is None or len(a) > len(b) else b).pop()
        tokens = ["[CLS]", *a, "[SEP]"] + ([*b, "[SEP]"] if b is not None else [])
        types = [0] * (len(a) + 2) + ([1] * (len(b) + 1) if b is not None else [])
        features.append(Features(tokenizer.convert_tokens_to_ids(tokens), types, example.label))
    return features


# The lowest value a metric can take: what an undefined (NaN) one counts as in a search.
WORST = {"acc": 0.0, "mnli_acc": 0.0, "mcc": -1.0, "corr": -1.0}


def correlations(predictions, targets):
    """Pearson, Spearman and their mean; NaN where undefined."""
    if len(predictions) < 2:
        return {"pearson": math.nan, "spearmanr": math.nan, "corr": math.nan}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # constant input: NaN is the answer wanted here
        pearson = float(stats.pearsonr(predictions, targets)[0])
        spearman = float(stats.spearmanr(predictions, targets)[0])
    return {"pearson": pearson, "spearmanr": spearman, "corr": (pearson + spearman) / 2}


def task_metrics(task, outputs, labels):
    """Metrics under their published names from logits [B, C] or regression outputs [B, 1]."""
    outputs = np.asarray(outputs)
    if task.is_regression:
        return correlations(outputs[:, 0].astype(np.float64), np.asarray(labels, dtype=np.float64))
    predicted = outputs.argmax(axis=1)
    accuracy = float(sk.accuracy_score(labels, predicted))
    if task.name == "CoLA":
        return {"mcc": float(sk.matthews_corrcoef(labels, predicted))}
    if task.name in ("MRPC", "QQP"):
        f1 = float(sk.f1_score(labels, predicted, zero_division=0.0))
        return {"acc": accuracy, "f1": f1, "acc_and_f1": (accuracy + f1) / 2}
    return {task.search_metric: accuracy}


def chance(task, labels):
    """Search metric of a model that knows nothing: always the most frequent class; 0 for a correlation."""
    if task.search_metric in ("mcc", "corr"):
        return 0.0
    return float(np.bincount(np.asarray(labels)).max() / len(labels))
