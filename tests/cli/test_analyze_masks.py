# SPDX-License-Identifier: GPL-3.0-or-later
"""`lottery analyze survival|overlap|agreement|sizes|importance` and `lottery figure` as a terminal sees them."""

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
        self.assertEqual(sizes["tasks"], {"MRPC": {"seeds": [1, 2], "kept": [3, 4], "mean": 3.5, "std": 0.5 ** 0.5, "interval": [3, 4], "share": 3.5 / 6}})
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

    def test_importance(self):
        self.assertIn("no importances found", lottery("analyze", "importance", "--masks", self.folder).stderr)
        for seed, scores in ((1, [[0, 0.25, 0.5], [0.75, 1, 0.125]]), (2, [[0, 0.25, 0.5], [0.75, 0.875, 1]])):
            write_npy(self.folder / f"RTE/seed_{seed}" / "head_importance.npy", scores)
        write_npy(self.folder / "RTE/seed_1" / "head_importance_0.npy", [[0, 0.25, 0.5], [0.75, 1, 0.125]])
        write_npy(self.folder / "RTE/seed_1" / "head_importance_1.npy", [[1, 0.75, 0.5], [0.25, 0, 0.875]])
        result = lottery("analyze", "importance", "--masks", self.folder, "--json", "--persistence", "0.5")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("MRPC", result.stderr)
        task = json.loads(result.stdout)["tasks"]["RTE"]
        self.assertEqual(task["seeds"]["1"]["full"]["quartiles"], [0, 0.15625, 0.375, 0.6875, 1])
        self.assertEqual([step["step"] for step in task["seeds"]["1"]["steps"]], [0, 1])
        self.assertEqual(task["seeds"]["1"]["steps"][0]["overlap_with_full"], 1)
        self.assertLess(task["seeds"]["1"]["steps"][1]["overlap_with_full"], 0.5)
        # Ranks 4 3 2 1 5 0 and 5 4 3 2 1 0: they share 0, 1, 2, 3, 4, 6 of the first d.
        shared = [0, 1, 2, 3, 5, 6]
        overlap = sum(0.5 ** d * s / d for d, s in enumerate(shared, 1)) + 0.5 ** 6
        self.assertAlmostEqual(task["pairs"][0]["overlap"], overlap, 12)
        self.assertIn("overlap of ranks", self.analyze("importance"))

    def test_formats(self):
        markdown = self.analyze("sizes", "--format", "markdown")
        self.assertIn("| task | kept | 95% interval | share | by seed |\n|---|---:|---:|---:|---:|", markdown)
        self.assertIn("| MRPC | 3.50 ± 0.71 | 3.0 to 4.0 |", markdown)
        latex = self.analyze("agreement", "--format", "latex")
        self.assertEqual(latex.count("\\toprule"), 3)
        self.assertIn("Krippendorff's $\\alpha$", latex)
        self.assertIn("3.50 $\\pm$ 0.71", latex)
        self.assertIn("95\\% interval", latex)
        csv = self.analyze("survival", "--format", "csv").splitlines()
        self.assertEqual(csv[0], "layer,head,mean,standard deviation,95% low,95% high")
        self.assertEqual((csv[1], len(csv)), ("1,1,2,0,2,2", 7))
        self.assertIn("RTE,MRPC,2,0,2,2", self.analyze("overlap", "--format", "csv"))
        self.assertIn("MRPC,2,4,0.6666666666666666", self.analyze("sizes", "--format", "csv"))
        rows = self.analyze("agreement", "--format", "csv").splitlines()
        self.assertEqual(len({row.count(",") for row in rows}), 1)
        self.assertEqual(json.loads(self.analyze("sizes", "--format", "json")), json.loads(self.analyze("sizes", "--json")))
        self.assertEqual(lottery("analyze", "sizes", "--masks", self.folder, "--json", "--format", "csv").returncode, 2)

    def figure(self, figure, file, *arguments):
        place = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, place)
        study = place / "a study"
        shutil.copytree(self.folder, study / "masks" / "heads_mlps")
        return lottery("figure", figure, "--study", study, "--out", self.folder / file, *arguments)

    def test_figures(self):
        result = self.figure("survival", "survival.svg")
        self.assertEqual(result.returncode, 0, result.stderr)
        svg = (self.folder / "survival.svg").read_text()
        self.assertIn("Survival over tasks: heads_mlps", svg)
        self.assertIn("tasks survived", svg)
        self.assertIn("lottery figure survival --study", svg)
        result = self.figure("overlap", "overlap.csv", "--components", "mlps", "--json")
        self.assertEqual(json.loads(result.stdout)["figure"], "overlap")
        rows = (self.folder / "overlap.csv").read_text().splitlines()
        self.assertEqual(rows[0], "row,column,shared MLPs,standard deviation")
        self.assertIn("RTE,MRPC,0.5,0.7071067811865476", rows)

    def test_figures_with_qt(self):
        result = self.figure("task-survival", "rte.pdf", "--tasks", "RTE")
        if "is not there" in result.stderr:
            self.skipTest("built without Qt")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue((self.folder / "rte.pdf").read_bytes().startswith(b"%PDF-"))
        result = self.figure("jaccard", "jaccard.png", "--dpi", "100", "--width", "127")
        self.assertEqual(result.returncode, 0, result.stderr)
        png = (self.folder / "jaccard.png").read_bytes()
        self.assertTrue(png.startswith(b"\x89PNG"))
        self.assertEqual(int.from_bytes(png[16:20], "big"), 500)

    def test_figures_that_cannot_be_drawn(self):
        for figure, file, arguments, said in (
                ("survival", "a.gif", [], ".pdf, .svg, .png or .csv"),
                ("task-survival", "a.svg", [], "one expected"),
                ("overlap", "a.svg", ["--compare", "heads"], "--compare"),
                ("survival", "a.svg", ["--setting", "heads_mlps_super"], "heads_mlps_super"),
                ("survival", "a.svg", ["--seeds", "7"], "seeds that were asked for"),
                ("importance-evolution", "a.svg", [], "no importances found"),
                ("evaluation", "a.svg", [], "no scores found")):
            with self.subTest(figure, arguments=arguments):
                result = self.figure(figure, file, *arguments)
                self.assertEqual((result.returncode, result.stdout), (1, ""))
                self.assertIn(said, result.stderr)
                self.assertFalse((self.folder / file).exists())
        self.assertEqual(self.figure("surviving", "a.svg").returncode, 2)

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
