# SPDX-License-Identifier: GPL-3.0-or-later
"""`lottery import` as a terminal sees it: what it says and writes, its exit codes, and kills at any moment."""

import hashlib
import json
import pathlib
import random
import shutil
import tempfile
import time
import unittest

from command_line import lottery, read_json, start, write_npy


def write_source(folder, runs):
    """Masks of `runs` seeds, and a table of scores."""
    for seed in range(runs):
        run = folder / "masks" / "heads_mlps" / "RTE" / f"seed_{seed}"
        run.mkdir(parents=True)
        write_npy(run / "head_mask.npy", [[1, 0], [1, 1], [0, 0]])
        write_npy(run / "mlp_mask.npy", [1, 1, seed % 2])
    scores = folder / "evaluate_masked" / "head_mlp" / "baseline"
    scores.mkdir(parents=True)
    (scores / "results.json").write_text(json.dumps({"RTE": {"acc": [0.57, 0.03]}}))
    return folder


def files(folder):
    """name: bytes of everything below `folder` but run.json, which holds times."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in pathlib.Path(folder).rglob("*")
            if path.is_file() and path.name != "run.json"}


class Import(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.study = self.folder / "study"

    def test_report(self):
        source = write_source(self.folder / "source", 3)
        result = lottery("import", "--published", source, "--out", self.study, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual({key: report[key] for key in ("tasks", "seeds", "settings", "experiments", "layers", "heads", "files",
                                                       "mask_files", "importance_files", "mask_runs", "result_files",
                                                       "skipped", "passed_over", "written")},
                         {"tasks": ["RTE"], "seeds": [0, 1, 2], "settings": ["heads_mlps"], "experiments": ["head_mlp"],
                          "layers": 3, "heads": 2, "files": 7, "mask_files": 6, "importance_files": 0, "mask_runs": 3,
                          "result_files": 1, "skipped": [], "passed_over": 0, "written": 7})
        study = read_json(self.study / "study.json")
        self.assertEqual((study["format"], study["kind"], study["source"]), (1, "reference", str(source)))
        # As `sha256sum` lists the files.
        found = sorted((name, hashlib.sha256(data).hexdigest()) for name, data in files(source).items())
        self.assertEqual(study["sha256"], hashlib.sha256("".join(f"{h}  {n}\n" for n, h in found).encode()).hexdigest())
        self.assertEqual(read_json(self.study / "run.json")["inputs"]["files_sha256"], dict(found))

        again = lottery("import", "--published", source, "--out", self.study)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("6 masks and 0 importances of 3 runs: 1 setting, 3 layers × 2 heads", again.stdout)
        self.assertIn("1 file of scores of 1 experiment\n1 task, 3 seeds\n", again.stdout)
        self.assertIn("holds all of it already; nothing was written", again.stdout)

        table = lottery("analyze", "table", "--results", self.study)
        self.assertEqual(table.returncode, 0, table.stderr)
        self.assertIn("0.570 ± 0.030", table.stdout)

    def test_bad_files_are_told(self):
        source = write_source(self.folder / "source", 3)
        bad = source / "masks" / "heads_mlps" / "RTE" / "seed_1" / "mlp_mask.npy"
        write_npy(bad, [1, 0.5, 1])
        (bad.parent / "notes.txt").write_text("mine")
        result = lottery("import", "--published", source, "--out", self.study)
        self.assertEqual(result.returncode, 0, result.stderr)
        said = "masks/heads_mlps/RTE/seed_1/mlp_mask.npy, element [1]: 0.5 found, 0 or 1 expected"
        self.assertIn(f"skipped {said}", result.stderr)
        self.assertIn("1 file or folder skipped, as told above\n1 file passed over that holds no masks or scores\n", result.stdout)
        self.assertFalse((self.study / bad.relative_to(source)).exists())

    def test_refusals(self):
        source = write_source(self.folder / "source", 1)
        (self.folder / "empty").mkdir()
        for published, out, code, said in ((self.folder / "empty", self.study, 1, "holds neither masks nor evaluate_masked"),
                                           (source, source / "study", 1, "lies in the folder that is imported"),
                                           (source, None, 2, "--out is required")):
            with self.subTest(said):
                result = lottery("import", "--published", published, *(["--out", out] if out else []))
                self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
                self.assertIn(said, result.stderr)
        self.assertEqual(lottery("import", "--published", source, "--out", self.study).returncode, 0)
        result = lottery("evaluate", "--study", self.study, "--data", source)
        self.assertEqual(result.returncode, 1)
        self.assertIn("is a reference study, which is read-only", result.stderr)

    def test_killed_it_goes_on(self):
        source = write_source(self.folder / "source", 200)
        command = ["import", "--published", source, "--quiet"]
        begin = time.monotonic()
        self.assertEqual(lottery(*command, "--out", self.folder / "undisturbed").returncode, 0)
        whole = time.monotonic() - begin
        expected = files(self.folder / "undisturbed")
        draw = random.Random(4)
        unfinished = 0
        for kill in range(10):
            out = self.folder / f"study{kill}"
            process = start(*command, "--out", out)
            # Loading the program takes most of the time: look for the moments in which it writes.
            while process.poll() is None and not out.exists():
                time.sleep(0.0002)
            time.sleep(draw.uniform(0, 0.3 * whole))
            process.kill()
            process.communicate()
            unfinished += out.exists() and not (out / "run.json").exists()
            result = lottery(*command, "--out", out)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(files(out), expected)
            self.assertTrue((out / "run.json").exists())
            shutil.rmtree(out)
        self.assertGreater(unfinished, 0)
