# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/goldens/patterns: network.json (the classifier of attention patterns in PyTorch: logits, gradients, five
steps of Adam), scores.json and kappa.json (scikit-learn).

    python3 tests/reference/make_pattern_goldens.py

Needs torch, numpy and scikit-learn. Weights and maps are given by formulas, which the test computes again: they need no
file.
"""

import json
import math
import pathlib

import numpy
import sklearn
import torch
from sklearn import metrics

OUT = pathlib.Path(__file__).resolve().parents[1] / "goldens" / "patterns"
CLASSES = 5
SIZES = [20, 33, 40, 26, 40, 31]
CANVAS = 40
STEPS = 5


def network():
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3), nn.ReLU(), nn.Conv2d(32, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.Conv2d(64, 64, 3), nn.Conv2d(64, 16, 1), nn.AdaptiveAvgPool2d(1),
        nn.Conv2d(16, CLASSES, 1), nn.Flatten())


def set_weights(model):
    layers = [module for module in model if isinstance(module, torch.nn.Conv2d)]
    with torch.no_grad():
        for place, layer in enumerate(layers):
            fans = (layer.in_channels + layer.out_channels) * layer.kernel_size[0] ** 2
            scale = math.sqrt(4.0 / fans)
            values = [scale * math.sin(0.7 * k + place + 1) for k in range(layer.weight.numel())]
            layer.weight.copy_(torch.tensor(values, dtype=torch.float64).reshape(layer.weight.shape))
            values = [0.05 * math.sin(1.3 * k + place) for k in range(layer.bias.numel())]
            layer.bias.copy_(torch.tensor(values, dtype=torch.float64))


def canvases():
    maps = numpy.zeros((len(SIZES), 1, CANVAS, CANVAS), numpy.float32)
    for m, size in enumerate(SIZES):
        values = [[1.0 + math.sin(0.9 * i * (m + 1) + 1.7 * j) for j in range(size)] for i in range(size)]
        values = numpy.array(values) / numpy.sum(values, axis=1, keepdims=True)
        first = (CANVAS - size) // 2
        maps[m, 0, first:first + size, first:first + size] = values.astype(numpy.float32)
    return torch.from_numpy(maps)


def network_golden():
    torch.set_num_threads(1)
    model = network()
    set_weights(model)
    maps, labels = canvases(), torch.tensor([m % CLASSES for m in range(len(SIZES))])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    logits = model(maps)
    golden = {"origin": f"PyTorch {torch.__version__}; tests/reference/make_pattern_goldens.py", "sizes": SIZES,
              "canvas": CANVAS, "logits": logits.tolist(), "losses": [], "parameters": {}}
    for step in range(STEPS + 1):
        loss = torch.nn.functional.cross_entropy(model(maps), labels)
        golden["losses"].append(loss.item())
        if step == STEPS:
            break
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            # Where the gradient is largest: elsewhere Adam's first steps depend on how a number near 0 is rounded.
            for name, parameter in model.named_parameters():
                gradient = parameter.grad.flatten()
                places = gradient.abs().argsort(descending=True)[:5].tolist()
                golden["parameters"][name] = {"norm": gradient.norm().item(), "places": places,
                                              "gradient": [gradient[p].item() for p in places]}
        optimizer.step()
    for name, parameter in model.named_parameters():
        values = parameter.detach().flatten()
        one = golden["parameters"][name]
        one["after"] = [values[p].item() for p in one["places"]]
    return golden


def number(value):
    return None if not numpy.isfinite(value) else float(value)


def scores_golden():
    draw = numpy.random.default_rng(11)
    rows = []
    many, some, few = (draw.integers(0, 5, count) for count in (150, 80, 25))
    cases = {"random": (draw.integers(0, 5, 200), draw.integers(0, 5, 200)),
             "mostly right": (many, numpy.where(draw.random(150) < 0.85, many, draw.integers(0, 5, 150))),
             "a class never predicted": (some, numpy.where(some == 3, 4, some)),
             "a class that is not there": (draw.integers(0, 4, 60), draw.integers(0, 5, 60)),
             "two classes": (draw.integers(1, 3, 30), draw.integers(1, 3, 30)),
             "all right": (few, few),
             "one map, wrong": (numpy.array([2]), numpy.array([0]))}
    labels = list(range(CLASSES))
    for name, (truth, predicted) in cases.items():
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(truth, predicted, labels=labels,
                                                                           zero_division=numpy.nan)
        rows.append({"name": name, "truth": truth.tolist(), "predicted": predicted.tolist(),
                     "accuracy": float(metrics.accuracy_score(truth, predicted)),
                     "confusion": metrics.confusion_matrix(truth, predicted, labels=labels).tolist(),
                     "precision": [number(x) for x in precision], "recall": [number(x) for x in recall],
                     "f1": [number(x) for x in f1]})
    return {"origin": f"scikit-learn {sklearn.__version__}; tests/reference/make_pattern_goldens.py", "rows": rows}


def kappa_golden():
    draw = numpy.random.default_rng(12)
    base = draw.integers(0, 5, 120)
    cases = {"random": (draw.integers(0, 5, 90), draw.integers(0, 5, 90)),
             "nearly alike": (base, numpy.where(draw.random(120) < 0.1, draw.integers(0, 5, 120), base)),
             "alike": (base, base),
             "never alike": (base, (base + 1) % 5),
             "uneven": (numpy.array([0] * 40 + [1] * 2), numpy.array([0] * 38 + [1] * 4)),
             "one says always the same": (numpy.zeros(20, int), draw.integers(0, 3, 20)),
             "both always the same": (numpy.full(7, 3), numpy.full(7, 3)),
             "always another": (numpy.full(7, 3), numpy.full(7, 1)),
             "one item": (numpy.array([1]), numpy.array([2])),
             "negative numbers": (numpy.array([-1, -1, 4, 9]), numpy.array([-1, 4, 4, 9]))}
    rows = []
    for name, (first, second) in cases.items():
        with numpy.errstate(invalid="ignore"):
            kappa = metrics.cohen_kappa_score(first, second)
        rows.append({"name": name, "first": first.tolist(), "second": second.tolist(), "kappa": number(kappa),
                     "observed": float(metrics.accuracy_score(first, second))})
    return {"origin": f"scikit-learn {sklearn.__version__}; tests/reference/make_pattern_goldens.py", "rows": rows}


def main():
    OUT.mkdir(exist_ok=True)
    for name, content in (("network", network_golden()), ("scores", scores_golden()), ("kappa", kappa_golden())):
        (OUT / f"{name}.json").write_text(json.dumps(content, indent=None) + "\n")


if __name__ == "__main__":
    main()
