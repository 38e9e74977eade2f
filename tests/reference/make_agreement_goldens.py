# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/goldens/statistics/agreement.json: agreement of random masks by statsmodels, krippendorff and scipy.

    python3 tests/reference/make_agreement_goldens.py

Needs numpy, scipy, statsmodels and krippendorff. A set of masks is written as strings of 0 and 1, one per rater; null is
what those libraries give as NaN or refuse. Counts go to statsmodels' fleiss_kappa in double precision: from float32 masks
it computes in single precision.
"""

import json
import pathlib
import warnings

import krippendorff
import numpy
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.contingency_tables import cochrans_q
from statsmodels.stats.inter_rater import fleiss_kappa
from statsmodels.stats.multitest import multipletests

OUT = pathlib.Path(__file__).resolve().parents[1] / "goldens" / "statistics" / "agreement.json"


def cases():
    draw = numpy.random.default_rng(7)
    for raters, subjects, share in ((2, 12, 0.5), (3, 6, 0.4), (5, 144, 0.6), (5, 12, 0.75), (4, 384, 0.1), (10, 72, 0.5), (2, 1, 0.5)):
        yield f"{raters} x {subjects}", (draw.random((raters, subjects)) < share).astype(int)
    base = draw.random(144) < 0.5
    yield "nearly alike", numpy.array([base ^ (draw.random(144) < 0.02) for _ in range(5)]).astype(int)
    yield "alike", numpy.array([base] * 3).astype(int)
    yield "all kept", numpy.ones((4, 10), int)
    yield "none kept", numpy.zeros((4, 10), int)
    yield "one keeps all", numpy.array([[0] * 12] * 4 + [[1] * 12])
    yield "opposites", numpy.array([[1] * 6 + [0] * 6, [0] * 6 + [1] * 6])


def number(value):
    return None if value is None or not numpy.isfinite(value) else float(value)


def describe(name, masks):
    constant = masks.min() == masks.max()
    counts = numpy.stack([(masks == 0).sum(0), (masks == 1).sum(0)], 1).astype(float)
    q = None if constant else cochrans_q(masks.T)
    pairs = []
    for a in range(len(masks)):
        for b in range(a + 1, len(masks)):
            pair = masks[[a, b]]
            defined = (pair[0] != pair[1]).any()
            pairs.append(number(cochrans_q(pair.T).pvalue) if defined else None)
    known = [p for p in pairs if p is not None]
    holm = iter(multipletests(known, method="holm")[1] if known else [])
    return {"name": name, "masks": ["".join(map(str, row)) for row in masks],
            "q": number(q.statistic if q else None), "p_value": number(q.pvalue if q else None),
            "fleiss_kappa": None if constant else number(fleiss_kappa(counts)),
            "krippendorff_alpha": None if constant else number(krippendorff.alpha(masks.astype(float), level_of_measurement="interval")),
            "pair_p_values": pairs, "pair_p_holm": [None if p is None else float(next(holm)) for p in pairs]}


def expected_jaccard(first, second, everything):
    shared = numpy.arange(max(0, first + second - everything), min(first, second) + 1)
    chance = stats.hypergeom(everything, first, second).pmf(shared)
    return float((chance * shared / (first + second - shared)).sum())


def main():
    warnings.simplefilter("ignore")
    sizes = [(1, 1, 1), (1, 1, 2), (5, 0, 12), (12, 12, 12), (7, 9, 12), (67, 102, 144), (95, 95, 144), (3, 380, 384)]
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({
        "origin": f"statsmodels {statsmodels.__version__}, krippendorff 0.9, scipy {scipy.__version__}, "
                  f"numpy {numpy.__version__}; tests/reference/make_agreement_goldens.py",
        "rows": [describe(name, masks) for name, masks in cases()],
        "expected_jaccard": [{"first": a, "second": b, "all": n, "value": expected_jaccard(a, b, n)} for a, b, n in sizes],
    }, indent=1) + "\n")


if __name__ == "__main__":
    main()
