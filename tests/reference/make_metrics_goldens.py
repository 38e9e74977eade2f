# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/goldens/metrics/metrics.json: GLUE metrics of scikit-learn and scipy, degenerate cases included.

Classification: predicted and true class indices, F1 of class 1. Regression: predictions and targets. null: undefined.
"""

import json
import pathlib
import sys

import numpy as np
import scipy
import sklearn
from sklearn import metrics as sk

import glue_reference as glue
import tiny_models


def classification(name, predictions, labels):
    predictions, labels = [int(p) for p in predictions], [int(label) for label in labels]
    accuracy = float(sk.accuracy_score(labels, predictions))
    values = {"acc": accuracy}
    if max(predictions + labels) < 2:
        f1 = float(sk.f1_score(labels, predictions, zero_division=0.0))
        values |= {"f1": f1, "acc_and_f1": (accuracy + f1) / 2,
                   "mcc": float(sk.matthews_corrcoef(labels, predictions))}
    return {"name": name, "kind": "classification", "predictions": predictions, "labels": labels, "metrics": values}


def regression(name, predictions, targets):
    predictions, targets = [float(p) for p in predictions], [float(t) for t in targets]
    values = {key: tiny_models.rounded(value, 15) for key, value in glue.correlations(predictions, targets).items()}
    return {"name": name, "kind": "regression", "predictions": predictions, "labels": targets, "metrics": values}


def cases():
    random = np.random.default_rng(31)
    labels = random.integers(2, size=57)
    mostly = np.where(random.random(57) < 0.25, 1 - labels, labels)
    three = random.integers(3, size=40)
    yield classification("random", random.integers(2, size=57), labels)
    yield classification("mostly right", mostly, labels)
    yield classification("mostly wrong", 1 - mostly, labels)
    yield classification("all right", labels, labels)
    yield classification("all wrong", 1 - labels, labels)
    yield classification("constant 0", np.zeros(57), labels)
    yield classification("constant 1", np.ones(57), labels)
    yield classification("labels all 0", mostly, np.zeros(57))
    yield classification("labels all 1", mostly, np.ones(57))
    yield classification("constant and right", np.ones(9), np.ones(9))
    yield classification("constant 0 and right", np.zeros(9), np.zeros(9))
    yield classification("constant and wrong", np.ones(9), np.zeros(9))
    yield classification("one positive", [0, 0, 0, 1, 0, 0], [0, 0, 0, 1, 0, 0])
    yield classification("one positive missed", [0, 0, 0, 0, 0, 1], [0, 0, 0, 1, 0, 0])
    yield classification("one example", [1], [1])
    yield classification("three classes", np.where(random.random(40) < 0.4, (three + 1) % 3, three), three)

    targets = random.uniform(0, 5, size=50).round(2)
    yield regression("noisy", (targets + random.normal(0, 1, size=50)).round(6), targets)
    yield regression("unrelated", random.normal(size=50).round(6), targets)
    yield regression("reversed", 5 - targets, targets)
    yield regression("far offset", 1000 + 0.01 * targets, targets)
    yield regression("monotone, not linear", np.exp(targets).round(6), targets)
    yield regression("ties in both", random.integers(4, size=50), random.integers(3, size=50))
    yield regression("ties in targets", random.normal(size=30).round(6), np.repeat([0.0, 2.5, 5.0], 10))
    yield regression("constant predictions", np.full(50, 2.5), targets)
    yield regression("constant targets", targets, np.full(50, 2.5))
    yield regression("two examples", [1.0, 2.0], [3.0, 1.0])
    yield regression("one example", [1.0], [3.0])


def main():
    default = pathlib.Path(__file__).parents[1] / "goldens" / "metrics"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    folder.mkdir(parents=True, exist_ok=True)
    content = {"origin": f"tests/reference/make_metrics_goldens.py with scikit-learn {sklearn.__version__}, "
                         f"scipy {scipy.__version__}",
               "cases": list(cases())}
    (folder / "metrics.json").write_text(json.dumps(content, indent=None) + "\n", encoding="utf-8")
    for case in content["cases"]:
        print(case["kind"], case["name"], case["metrics"])


if __name__ == "__main__":
    main()
