# SPDX-License-Identifier: GPL-3.0-or-later
"""How the records of two runs differ, on the command line."""

import json
import pathlib
import shutil
import tempfile
import unittest

from command_line import lottery, read_json, write_npy

GOOD = [[1, 1, 0], [1, 0, 1], [0, 1, 1]]


class StudyDiff(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        mask = write_npy(cls.folder / "head_mask.npy", GOOD)
        for name, kind, seed in (("a", "random", 1), ("b", "random", 2), ("c", "bad", 1), ("same", "random", 1)):
            result = lottery("subnetwork", kind, "--head-mask", mask, "--seed", seed, "--out", cls.folder / name)
            assert result.returncode == 0, result.stderr

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def diff(self, a, b, *options):
        return lottery("study", "diff", self.folder / a, self.folder / b, *options)

    def keys(self, a, b, *options):
        result = self.diff(a, b, "--json", *options)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return {row["key"]: row for row in json.loads(result.stdout)["differences"]}

    def test_tells_what_shapes_the_result(self):
        found = self.keys("a", "b")
        self.assertEqual(list(found), ["inputs/seed"])
        self.assertEqual(found["inputs/seed"],
                         {"group": "inputs", "key": "inputs/seed", "shapes_result": True, "here": 1, "there": 2})
        found = self.keys("a", "c")
        self.assertEqual(found["command"]["there"], "subnetwork bad")
        self.assertNotIn("there", found["inputs/random_size"])

    def test_tells_all(self):
        found = self.keys("a", "b", "--all")
        self.assertEqual(found["result/seed"]["group"], "results")
        self.assertEqual(list(found)[0], "inputs/seed")
        self.assertFalse(found["seconds"]["shapes_result"])

    def test_prints_a_table(self):
        result = self.diff("a", "b")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn(f"here: {self.folder / 'a'}", result.stdout)
        self.assertIn("| inputs/seed | 1 | 2 |\n", result.stdout)
        self.assertNotIn("seconds", result.stdout)

    def test_the_same_run_twice(self):
        result = self.diff("a", "same")
        self.assertEqual(result.returncode, 0)
        self.assertIn("Nothing that shapes the result differs.", result.stdout)
        self.assertEqual(self.keys("a", "same"), {})

    def test_says_what_is_wrong(self):
        (self.folder / "empty").mkdir()
        (self.folder / "damaged").mkdir()
        (self.folder / "damaged" / "run.json").write_text('{"command": "fine')
        for name, expected in (("nowhere", "no such folder"), ("empty", "run.json: no such file"),
                               ("damaged", "is not valid JSON")):
            result = self.diff("a", name)
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn(str(self.folder / name), result.stderr)
            self.assertIn(expected, result.stderr)
        self.assertEqual(lottery("study", "diff", self.folder / "a").returncode, 2)

    def test_writes_nothing(self):
        before = read_json(self.folder / "a" / "run.json")
        names = sorted(p.name for p in (self.folder / "a").iterdir())
        self.diff("a", "b")
        self.assertEqual(names, sorted(p.name for p in (self.folder / "a").iterdir()))
        self.assertEqual(before, read_json(self.folder / "a" / "run.json"))


if __name__ == "__main__":
    unittest.main()
