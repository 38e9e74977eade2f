# SPDX-License-Identifier: GPL-3.0-or-later
"""`lottery analyze reproduction` as a terminal sees it."""

import csv
import io
import json
import pathlib
import shutil
import tempfile
import unittest

from command_line import lottery


class Reproduction(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        published = self.folder / "published" / "evaluate_masked" / "head_mlp" / "baseline"
        published.mkdir(parents=True)
        (published / "results.json").write_text(json.dumps({"RTE": {"acc": [0.57, 0.03]}, "MRPC": {"acc": [0.77, 0.01], "f1": [0.83, 0.015]}}))
        ours = self.folder / "study" / "evaluate_masked" / "head_mlp"
        ours.mkdir(parents=True)
        (ours / "per_seed.json").write_text(json.dumps({"MRPC": {str(s): {"acc": v, "f1": v} for s, v in ((1, 0.6), (2, 0.61), (3, 0.6))}}))
        self.options = ["--results", self.folder / "study" / "evaluate_masked", "--published", self.folder / "published" / "evaluate_masked"]

    def run_ok(self, *arguments):
        result = lottery("analyze", "reproduction", *self.options, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_formats(self):
        text = self.run_ok()
        self.assertIn("good, pruned  MRPC  acc     0.603 ± 0.006 (3)  0.770 ± 0.011 (5†)", text)
        self.assertIn("differs", text)
        self.assertIn("not comparable: not evaluated", text)
        self.assertIn("0 agree, 1 differ, 1 are not comparable (1 of them not evaluated)", text)
        self.assertIn("| good, pruned | MRPC | acc | 0.603 ± 0.006 (3) |", self.run_ok("--format", "markdown"))
        rows = list(csv.DictReader(io.StringIO(self.run_ok("--format", "csv"))))
        self.assertEqual([(row["task"], row["metric"], row["verdict"]) for row in rows],
                         [("MRPC", "acc", "differs"), ("MRPC", "f1", "differs"), ("RTE", "acc", "not comparable")])
        document = json.loads(self.run_ok("--json"))
        self.assertEqual(document, json.loads(self.run_ok("--format", "json")))
        self.assertEqual(document["counts"], {"agrees": 0, "differs": 1, "not_comparable": 1, "not_evaluated": 1, "tested": 1,
                                              "expected_by_chance": 0.05})
        cell = document["cells"][0]
        self.assertAlmostEqual(cell["difference"], cell["ours"]["mean"] - 0.77, places=12)
        self.assertLess(cell["interval"][1], 0)
        self.assertEqual(cell["published"]["seeds"], 5)
        self.assertEqual(document["cells"][2]["ours"], None)
        tables = next(item for item in document["items"] if item["id"] == "tables")
        self.assertEqual((tables["needed"], tables["present"]), (19 * 45, 0))

    def test_options(self):
        document = json.loads(self.run_ok("--json", "--tasks", "MRPC", "--summary-seeds", "9"))
        self.assertEqual({cell["task"] for cell in document["cells"]}, {"MRPC"})
        self.assertEqual(document["cells"][0]["published"]["seeds"], 9)
        for arguments in (["--summary-seeds", "1"], ["--json", "--format", "csv"], ["--format", "latex"]):
            result = lottery("analyze", "reproduction", *self.options, *arguments)
            self.assertEqual(result.returncode, 2, result.stderr)
        result = lottery("analyze", "reproduction", "--results", self.folder / "nowhere", "--published", self.folder)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("no such folder", result.stderr)
