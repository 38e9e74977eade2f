# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares two mask searches, component by component and step by step.

    compare_searches.py OURS THEIRS

Both are folders with search.json and the per-step .npy files. Exit codes: 0 the same search, 1 different, 2 wrong
usage or unreadable. A choice between components whose importances lie closer than NEAR_TIE is named as such,
but it is a difference all the same: what follows it cannot be compared.
"""

import argparse
import dataclasses
import json
import math
import pathlib
import sys

import numpy as np

NEAR_TIE = 1e-5
SCORE_TOLERANCE = {"corr": 1e-4}  # the other metrics count predictions
DEFAULT_SCORE_TOLERANCE = 1e-9


@dataclasses.dataclass
class Folder:
    path: pathlib.Path
    record: dict

    @classmethod
    def read(cls, path):
        return cls(path, json.loads((path / "search.json").read_text(encoding="utf-8")))

    def array(self, name):
        return np.load(self.path / f"{name}.npy").astype(np.float64)


def components(step):
    return {(entry["layer"], entry["head"]) for entry in step["masked"]}


def spelled(chosen):
    return ", ".join(f"MLP {layer}" if head is None else f"head {layer}.{head}"
                     for layer, head in sorted(chosen, key=lambda c: (c[1] is None, c[0], c[1] or 0))) or "none"


def number(value):
    """A score; null stands for an undefined one."""
    return math.nan if value is None else float(value)


def same_number(a, b, tolerance):
    return (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tolerance


def rescaled(values):
    span = values.max() - values.min()
    return (values - values.min()) / span if span > 0 else np.zeros_like(values)


def importance_difference(ours, theirs, min_max):
    """Largest difference where both are measured; None where nothing can be compared.

    A side that does not measure masked MLPs scales the remaining ones among themselves: both sides are then
    scaled over the common ones, which changes neither order nor ratios of distances.
    """
    if ours.shape != theirs.shape:
        return math.inf
    both = np.isfinite(ours) & np.isfinite(theirs)
    if not both.any():
        return None
    a, b = ours[both], theirs[both]
    if min_max and not both.all():
        a, b = rescaled(a), rescaled(b)
    return float(np.abs(a - b).max())


def unmeasured(folder, record, index):
    """Kept components without an importance although the search selects among them."""
    names = {"heads": ["head"], "mlps": ["mlp"]}.get(record["kind"], ["head", "mlp"])
    kept = lambda name: folder.array(f"{name}_importance_{index}")[folder.array(f"{name}_mask_{index}") == 1]
    return [name for name in names if not np.isfinite(kept(name)).all()]


def explain_choice(ours, theirs, index, step_a, step_b):
    """Why two steps chose differently: the importances they chose by, from the pass before."""
    lines = []
    only_a, only_b = components(step_a) - components(step_b), components(step_b) - components(step_a)
    lines.append(f"step {index}: ours alone masks {spelled(only_a)}; theirs alone {spelled(only_b)}")
    for name, keep in (("head", lambda c: c[1] is not None), ("mlp", lambda c: c[1] is None)):
        a, b = [c for c in only_a if keep(c)], [c for c in only_b if keep(c)]
        if not a or not b:
            continue
        for side, folder in (("ours", ours), ("theirs", theirs)):
            values = folder.array(f"{name}_importance_{index - 1}")
            at = lambda c: values[c[0]] if c[1] is None else values[c]
            gap = max(abs(at(x) - at(y)) for x in a for y in b)
            verdict = "a near-tie: rounding decides" if gap < NEAR_TIE else "not a near-tie"
            lines.append(f"  in {side} importances these {name}s differ by at most {gap:.3g} ({verdict})")
    return lines


def compare_step(ours, theirs, a, b, tolerance, importance_tolerance):
    """Problems of one step, whether the steps after it can still be compared, and its table cells."""
    index = b["index"]
    problems, comparable = [], True
    if a["phase"] != b["phase"]:
        problems.append(f"step {index}: phase {a['phase']}, expected {b['phase']}")
        comparable = False
    if components(a) != components(b):
        problems += explain_choice(ours, theirs, index, a, b) if index else [f"step {index}: masks something"]
        comparable = False
    for key in ("kept_heads", "kept_mlps"):
        if a[key] != b[key]:
            problems.append(f"step {index}: {key} {a[key]}, expected {b[key]}")
    for name in ("head_mask", "mlp_mask"):
        if not np.array_equal(ours.array(f"{name}_{index}"), theirs.array(f"{name}_{index}")):
            problems.append(f"step {index}: {name}_{index}.npy differs")
            comparable = False
    if not comparable:
        return problems, False, None, {}
    score_a, score_b = number(a["score"]), number(b["score"])
    if not same_number(score_a, score_b, tolerance):
        problems.append(f"step {index}: score {score_a:.10g}, expected {score_b:.10g}")
    if a["accepted"] != b["accepted"]:
        problems.append(f"step {index}: accepted {a['accepted']}, expected {b['accepted']}")
        comparable = False
    problems += [f"step {index}: a kept {name} has no importance" for name in unmeasured(ours, ours.record, index)]
    differences = {}
    for name in ("head_importance", "mlp_importance"):
        difference = importance_difference(ours.array(f"{name}_{index}"), theirs.array(f"{name}_{index}"),
                                           name == "mlp_importance")
        differences[name] = difference
        if difference is not None and difference > importance_tolerance:
            problems.append(f"step {index}: {name} differs by {difference:.3g}, allowed {importance_tolerance:.3g}")
    return problems, comparable, abs(score_a - score_b), differences


def shown(value):
    return "-" if value is None else f"{value:.2g}"


def compare(ours, theirs, importance_tolerance, score_tolerance=None, out=sys.stdout):
    """Prints the table; the list of differences."""
    a, b = ours.record, theirs.record
    problems = [f"{key}: {a.get(key)}, expected {b.get(key)}" for key in ("task", "kind", "mode", "metric")
                if a.get(key) != b.get(key)]
    tolerance = score_tolerance or SCORE_TOLERANCE.get(b["metric"], DEFAULT_SCORE_TOLERANCE)
    print(f"{'step':>4} {'phase':10} {'masked':>6} {'score':>10} {'d score':>8} {'d heads':>8} {'d mlps':>8} "
          f"{'ours s':>8} {'theirs s':>8} {'ratio':>6}", file=out)
    comparable = True
    for x, y in zip(a["steps"], b["steps"]):
        found, comparable, score, differences = compare_step(ours, theirs, x, y, tolerance, importance_tolerance)
        problems += found
        print(f"{y['index']:4d} {y['phase']:10} {len(y['masked']):6d} {number(y['score']):10.6f} {shown(score):>8} "
              f"{shown(differences.get('head_importance')):>8} {shown(differences.get('mlp_importance')):>8} "
              f"{x['seconds']:8.2f} {y['seconds']:8.2f} {y['seconds'] / max(x['seconds'], 1e-9):6.2f}"
              f"{'  DIFFERENT' if found else ''}", file=out)
        if not comparable:
            problems.append(f"the steps after {y['index']} are not compared")
            break
    if comparable:
        if len(a["steps"]) != len(b["steps"]):
            problems.append(f"{len(a['steps'])} steps, expected {len(b['steps'])}")
        for key in ("full_score", "threshold", "score"):
            if not same_number(number(a[key]), number(b[key]), tolerance):
                problems.append(f"{key} {a[key]}, expected {b[key]}")
        for name in ("head_mask", "mlp_mask"):
            if not np.array_equal(ours.array(name), theirs.array(name)):
                problems.append(f"{name}.npy differs")
        for name in ("head_importance", "mlp_importance"):
            difference = importance_difference(ours.array(name), theirs.array(name), name == "mlp_importance")
            if difference is not None and difference > importance_tolerance:
                problems.append(f"{name}.npy differs by {difference:.3g}")
    print(f"ours {a['seconds']:.2f} s, theirs {b['seconds']:.2f} s: ours is "
          f"{b['seconds'] / max(a['seconds'], 1e-9):.2f} times as fast", file=out)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ours", type=pathlib.Path)
    parser.add_argument("theirs", type=pathlib.Path)
    parser.add_argument("--importance-tolerance", type=float, default=1e-3,
                        help="largest absolute difference of normalised importances")
    parser.add_argument("--score-tolerance", type=float, help="default: 1e-9, for correlations 1e-4")
    arguments = parser.parse_args()
    try:
        ours, theirs = Folder.read(arguments.ours), Folder.read(arguments.theirs)
        problems = compare(ours, theirs, arguments.importance_tolerance, arguments.score_tolerance)
    except (OSError, ValueError, KeyError) as error:
        print(f"cannot compare: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    for problem in problems:
        print(problem)
    print("DIFFERENT" if problems else "the same search")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
