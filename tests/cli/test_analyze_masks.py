# SPDX-License-Identifier: GPL-3.0-or-later
"""`lottery analyze survival|overlap|agreement|sizes` as a terminal sees them."""

import json
import pathlib
import shutil
import tempfile
import unittest

from command_line import lottery, write_npy


class AnalyzeMasks(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        for run, heads, mlps in (("RTE/seed_1", [[1, 1, 0], [0, 0, 1]], [1, 0]), ("RTE/seed_2", [[1, 0, 0], [0, 1, 1]], [1, 1]),
                                 ("MRPC/seed_1", [[1, 1, 1], [0, 0, 0]], [0, 1]), ("MRPC/seed_2", [[1, 1, 0], [1, 0, 1]], [0, 1])):
            path = self.folder / run
            path.mkdir(parents=True)
            write_npy(path / "head_mask.npy", heads)
            write_npy(path / "mlp_mask.npy", mlps)

    def analyze(self, kind, *arguments):
        result = lottery("analyze", kind, "--masks", self.folder, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_json(self):
        survival = json.loads(self.analyze("survival", "--json"))
        self.assertEqual((survival["components"], survival["tasks"], survival["seeds"]), ("heads", ["MRPC", "RTE"], [1, 2]))
        self.assertEqual(survival["mean"], [[2, 1.5, 0.5], [0.5, 0.5, 1.5]])
        mlps = json.loads(self.analyze("survival", "--json", "--components", "mlps"))
        self.assertEqual(mlps["mean"], [1, 1.5])
        overlap = json.loads(self.analyze("overlap", "--json"))
        self.assertEqual((overlap["mean"], overlap["all"]), ([[3.5, 2], [2, 3]], 6))
        sizes = json.loads(self.analyze("sizes", "--json", "--tasks", "MRPC"))
        self.assertEqual(sizes["tasks"], {"MRPC": {"seeds": [1, 2], "kept": [3, 4], "mean": 3.5, "std": 0.5 ** 0.5, "share": 3.5 / 6}})
        agreement = json.loads(self.analyze("agreement", "--json"))
        self.assertEqual(agreement["tasks"]["RTE"]["kept"], [3, 3])
        pair = agreement["tasks"]["RTE"]["pairs"][0]
        self.assertEqual((pair["seeds"], pair["q"], pair["p_value"], pair["p_holm"]), ([1, 2], 0, 1, 1))
        self.assertEqual(list(agreement["task_pairs"]), ["MRPC,RTE"])
        constant = json.loads(self.analyze("agreement", "--json", "--components", "mlps", "--tasks", "MRPC"))
        self.assertIsNone(constant["tasks"]["MRPC"]["cochran_q"])

    def test_text(self):
        self.assertIn("layer  head 1       head 2", self.analyze("survival"))
        self.assertIn("In how many of 2 tasks each survives", self.analyze("survival"))
        self.assertIn("3.50 ± 0.71", self.analyze("overlap"))
        self.assertIn("1: 3, 2: 4", self.analyze("sizes"))
        self.assertIn("Krippendorff's α", self.analyze("agreement"))

    def test_what_is_missing(self):
        (self.folder / "RTE" / "seed_9").mkdir()
        result = lottery("analyze", "sizes", "--masks", self.folder, "--json")
        self.assertEqual(result.returncode, 0)
        self.assertIn("passed over", result.stderr)
        json.loads(result.stdout)
        shutil.rmtree(self.folder / "RTE" / "seed_1")
        shutil.rmtree(self.folder / "RTE" / "seed_2" )
        write_npy(self.folder / "RTE" / "seed_9" / "head_mask.npy", [[1, 1, 0], [0, 0, 1]])
        result = lottery("analyze", "overlap", "--masks", self.folder)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("no seed of which all tasks have a mask", result.stderr)
        result = lottery("analyze", "sizes", "--masks", self.folder / "RTE")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no masks found", result.stderr)
        self.assertEqual(lottery("analyze", "sizes", "--masks", self.folder, "--components", "neurons").returncode, 2)
