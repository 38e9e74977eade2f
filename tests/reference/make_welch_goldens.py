# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/goldens/statistics/welch.json: Welch's t-test by scipy, and its interval by statsmodels as well.

    python3 tests/reference/make_welch_goldens.py

Needs scipy and statsmodels. Samples are given by their values; count, mean and deviation (ddof 1) are numpy's.
"""

import json
import pathlib

import numpy
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

OUT = pathlib.Path(__file__).resolve().parents[1] / "goldens" / "statistics" / "welch.json"


def cases():
    draw = numpy.random.default_rng(20)
    yield "five seeds a side", draw.normal(0.84, 0.008, 5), draw.normal(0.83, 0.01, 5)
    yield "far apart", draw.normal(0.9, 0.002, 5), draw.normal(0.5, 0.03, 5)
    yield "three and five", draw.normal(0.6, 0.03, 3), draw.normal(0.63, 0.028, 5)
    yield "two and two", numpy.array([0.5, 0.7]), numpy.array([0.55, 0.56])
    yield "one side constant", numpy.full(4, 0.5625), draw.normal(0.54, 0.05, 5)
    yield "the other side constant", draw.normal(0.1, 0.05, 7), numpy.zeros(3)
    yield "equal means", numpy.array([1.0, 2.0, 3.0]), numpy.array([0.0, 2.0, 4.0, 2.0])
    yield "tiny deviations", 0.5 + 1e-8 * draw.normal(size=5), 0.5 + 1e-8 * draw.normal(size=6)
    yield "unlike deviations", draw.normal(0, 1000, 5), draw.normal(0, 0.001, 5)
    yield "many values", draw.normal(10, 3, 200), draw.normal(9.5, 1, 50)


def describe(values):
    return {"count": len(values), "mean": float(numpy.mean(values)), "deviation": float(numpy.std(values, ddof=1)),
            "population_deviation": float(numpy.std(values))}


def main():
    rows = []
    for name, a, b in cases():
        row = {"name": name, "first": describe(a), "second": describe(b), "intervals": {}}
        given = (row["first"]["mean"], row["first"]["deviation"], len(a), row["second"]["mean"], row["second"]["deviation"], len(b))
        summary = stats.ttest_ind_from_stats(*given, equal_var=False)
        test = stats.ttest_ind(a, b, equal_var=False)
        row["statistic"], row["p_value"] = float(summary.statistic), float(summary.pvalue)
        row["degrees_of_freedom"] = float(test.df)
        means = CompareMeans(DescrStatsW(a), DescrStatsW(b))
        for confidence in (0.95, 0.9):
            low, high = test.confidence_interval(confidence)
            again = means.tconfint_diff(alpha=1 - confidence, usevar="unequal")
            assert numpy.allclose([low, high], again, rtol=1e-9, atol=1e-16), name
            row["intervals"][str(confidence)] = [float(low), float(high)]
        rows.append(row)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"origin": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}, "
                                         f"numpy {numpy.__version__}; tests/reference/make_welch_goldens.py",
                               "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
