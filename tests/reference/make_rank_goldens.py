# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/goldens/statistics/rank_overlap.json (package rbo), bootstrap.json (every resample, by itertools) and
student.json (scipy).

    python3 tests/reference/make_rank_goldens.py

Needs rbo, numpy and scipy.
"""

import importlib.metadata
import itertools
import json
import pathlib

import numpy
import rbo
import scipy
from scipy import stats

OUT = pathlib.Path(__file__).resolve().parents[1] / "goldens" / "statistics"


def rankings():
    draw = numpy.random.default_rng(7)
    rows = []
    for items in (1, 2, 5, 12, 72, 144):
        for noise in (0.0, 0.1, 1.0, 10.0):
            first = draw.normal(size=items).astype(numpy.float32)
            second = (first + noise * draw.normal(size=items)).astype(numpy.float32)
            ranks = [numpy.argsort(-values, kind="stable").tolist() for values in (first, second)]
            overlaps = {str(p): float(rbo.RankingSimilarity(*ranks).rbo_ext(p=p)) for p in (0.5, 0.9, 0.98)}
            rows.append({"first": first.tolist(), "second": second.tolist(), "rankings": ranks, "overlap": overlaps})
    return {"origin": f"rbo {importlib.metadata.version('rbo')}; tests/reference/make_rank_goldens.py", "rows": rows}


def bootstraps():
    draw = numpy.random.default_rng(8)
    rows = []
    for count in (2, 3, 5, 6):
        for values in (draw.normal(size=count), draw.integers(0, 3, count) / 4.0):
            means = sorted(float(numpy.mean(resample)) for resample in itertools.product(values, repeat=count))
            intervals = {}
            for confidence in (0.5, 0.9, 0.95):
                bounds = [numpy.quantile(means, (1 + sign * confidence) / 2, method="inverted_cdf") for sign in (-1, 1)]
                intervals[str(confidence)] = [float(bound) for bound in bounds]
            rows.append({"values": values.tolist(), "intervals": intervals})
    return {"origin": f"numpy {numpy.__version__}; tests/reference/make_rank_goldens.py", "rows": rows}


def intervals():
    draw = numpy.random.default_rng(9)
    rows = []
    for count in (2, 3, 5, 40):
        values = draw.normal(0.8, 0.02, count)
        mean, deviation = float(numpy.mean(values)), float(numpy.std(values, ddof=1))
        bounds = {}
        for confidence in (0.8, 0.95):
            low, high = stats.t.interval(confidence, count - 1, loc=mean, scale=deviation / numpy.sqrt(count))
            bounds[str(confidence)] = [float(low), float(high)]
        rows.append({"count": count, "mean": mean, "deviation": deviation, "intervals": bounds})
    return {"origin": f"scipy {scipy.__version__}; tests/reference/make_rank_goldens.py", "rows": rows}


def main():
    for name, content in (("rank_overlap", rankings()), ("bootstrap", bootstraps()), ("student", intervals())):
        (OUT / f"{name}.json").write_text(json.dumps(content, indent=None) + "\n")


if __name__ == "__main__":
    main()
