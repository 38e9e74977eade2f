# SPDX-License-Identifier: GPL-3.0-or-later
"""Controls, super masks, the evaluation of a study and its tables, as a terminal sees them."""

import json
import pathlib
import shutil
import struct
import tempfile
import unittest

from command_line import CHECKPOINT, lottery, read_json, write_mrpc


def write_mask(path, rows):
    """A float32 .npy of one or two dimensions."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nested = isinstance(rows[0], list)
    shape = f"({len(rows)}, {len(rows[0])})" if nested else f"({len(rows)},)"
    values = [v for row in rows for v in row] if nested else rows
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (64 - (10 + len(header) + 1) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + struct.pack(f"<{len(values)}f", *values))


def read_mask(path):
    """The values of a file that the program wrote (version 1.0, <f4)."""
    data = path.read_bytes()
    start = 10 + int.from_bytes(data[8:10], "little")
    return list(struct.unpack(f"<{(len(data) - start) // 4}f", data[start:]))


HEADS = [[1, 0], [1, 1]]
MLPS = [1, 0]


class Controls(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.study = self.folder / "study"
        for seed in (1, 2):
            shutil.copytree(CHECKPOINT, self.study / "models" / "finetuned" / "MRPC" / f"seed_{seed}")
            masks = self.study / "masks" / "heads_mlps" / "MRPC" / f"seed_{seed}"
            write_mask(masks / "head_mask.npy", HEADS)
            write_mask(masks / "mlp_mask.npy", MLPS)
        self.good = self.study / "masks" / "heads_mlps" / "MRPC" / "seed_1"
        self.masks = ["--head-mask", self.good / "head_mask.npy", "--mlp-mask", self.good / "mlp_mask.npy"]

    def tearDown(self):
        shutil.rmtree(self.folder)

    def run_json(self, *arguments):
        result = lottery(*arguments, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def check_one_line(self, result, *said, code=1):
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        for text in said:
            self.assertIn(text, result.stderr)
        if code == 1:
            self.assertEqual(len([l for l in result.stderr.splitlines() if l.startswith("lottery: ")]), 1, result.stderr)

    def test_subnetworks(self):
        for kind, kept in (("random", 3), ("bad", 3), ("invert", 1)):
            with self.subTest(kind=kind):
                out = self.folder / kind
                report = self.run_json("subnetwork", kind, *self.masks, "--out", out, "--seed", "5")
                self.assertEqual((report["kind"], report["mode"], report["seed"], report["kept_heads"]), (kind, "rigorous", 5, kept))
                values = read_mask(out / "head_mask.npy")
                self.assertEqual(sum(values), kept)
                shared = sum(a * b for a, b in zip(values, [1, 0, 1, 1]))
                self.assertEqual(report["overlap"]["heads"], {"all": 4, "good": 3, "kept": kept, "shared": shared, "share": shared / kept})
                run = read_json(out / "run.json")
                self.assertEqual(run["command"], f"subnetwork {kind}")
                self.assertEqual(run["result"], report)
        text = lottery("subnetwork", "bad", *self.masks, "--out", self.folder / "text")
        self.assertIn("2 of 3 kept heads are good (66.7%)", text.stdout)

    def test_published_random_masks_differ_in_size(self):
        sizes = set()
        for seed in range(12):
            report = self.run_json("subnetwork", "random", *self.masks, "--out", self.folder / f"r{seed}", "--seed", seed, "--mode", "published")
            self.assertEqual((report["mode"], report["random_size"]), ("published", "drawn"))
            sizes.add(report["kept_heads"])
        self.assertGreater(len(sizes), 1)

    def test_quirk_options_win_over_the_mode(self):
        report = self.run_json("subnetwork", "random", *self.masks, "--out", self.folder / "exact", "--mode", "published", "--size", "exact")
        self.assertEqual((report["mode"], report["random_size"], report["kept_heads"]), ("published", "exact", 3))
        self.assertEqual(read_json(self.folder / "exact" / "run.json")["inputs"]["random_size"], "exact")
        report = self.run_json("subnetwork", "bad", *self.masks, "--out", self.folder / "small", "--fill", "none")
        self.assertEqual((report["bad_fill"], report["kept_heads"], report["overlap"]["heads"]["shared"]), ("none", 1, 0))
        # An option of the other control is a mistake, not an option without effect.
        self.check_one_line(lottery("subnetwork", "bad", *self.masks, "--out", self.folder / "never", "--size", "drawn"), "--size", code=2)

    def test_subnetwork_failures(self):
        half = self.folder / "half.npy"
        write_mask(half, [[1, 0.5], [1, 1]])
        out = self.folder / "never"
        self.check_one_line(lottery("subnetwork", "bad", "--head-mask", half, "--out", out), "half.npy", "element 1 is 0.5")
        self.check_one_line(lottery("subnetwork", "bad", "--head-mask", self.folder / "none.npy", "--out", out), "none.npy")
        self.check_one_line(lottery("subnetwork", "bad", "--out", out), "--head-mask", code=2)
        self.check_one_line(lottery("subnetwork", "good", *self.masks, "--out", out), "lottery: ", code=2)
        self.assertFalse(out.exists())
        self.run_json("subnetwork", "bad", *self.masks, "--out", self.folder / "bad", "--seed", "1")
        self.check_one_line(lottery("subnetwork", "bad", *self.masks, "--out", self.folder / "bad", "--seed", "2"), "other inputs")

    def test_supermask(self):
        write_mask(self.study / "masks" / "heads_mlps" / "MRPC" / "seed_2" / "head_mask.npy", [[1, 0], [0, 1]])
        report = self.run_json("supermask", "--masks", self.study / "masks" / "heads_mlps", "--out", self.study / "masks", "--prefix",
                               "heads_mlps_", "--seed", "3")
        self.assertEqual((report["tasks"][0]["task"], report["tasks"][0]["seeds"], report["tasks"][0]["kept_heads"]), ("MRPC", [1, 2], 2))
        for seed in ("seed_1", "seed_2"):
            place = pathlib.Path("MRPC") / seed
            self.assertEqual(read_mask(self.study / "masks" / "heads_mlps_super" / place / "head_mask.npy"), [1, 0, 0, 1])
            # One head is kept by none, one by some: together the bad mask.
            self.assertEqual(read_mask(self.study / "masks" / "heads_mlps_super_bad" / place / "head_mask.npy"), [0, 1, 1, 0])
            self.assertEqual(sum(read_mask(self.study / "masks" / "heads_mlps_super_random" / place / "head_mask.npy")), 2)
        self.assertTrue((self.study / "masks" / "heads_mlps_super" / "MRPC" / "run.json").exists())
        self.assertTrue(lottery("supermask", "--masks", self.study / "masks" / "heads_mlps", "--out", self.folder / "plain").returncode == 0)
        self.assertTrue((self.folder / "plain" / "super_bad" / "MRPC" / "seed_2" / "mlp_mask.npy").exists())

    def test_supermask_failures(self):
        masks = self.study / "masks" / "heads_mlps"
        empty = self.folder / "empty"
        empty.mkdir()
        out = self.folder / "never"
        self.check_one_line(lottery("supermask", "--masks", empty, "--out", out), "no masks found")
        write_mask(masks / "MRPC" / "seed_2" / "head_mask.npy", [[1, 0, 1], [1, 1, 1]])
        self.check_one_line(lottery("supermask", "--masks", masks, "--out", out), "seed_2", "2 layers × 3 heads")
        write_mask(masks / "MRPC" / "seed_2" / "head_mask.npy", HEADS)
        (masks / "MRPC" / "seed_2" / "mlp_mask.npy").unlink()
        self.check_one_line(lottery("supermask", "--masks", masks, "--out", out), "mlp_mask.npy")
        self.assertFalse(out.exists())

    def test_a_study_from_controls_to_tables(self):
        data = write_mrpc(self.folder / "glue")
        for seed in (1, 2):
            for kind, setting in (("random", "heads_mlps_random"), ("bad", "heads_mlps_bad_1")):
                self.run_json("subnetwork", kind, *self.masks, "--out", self.study / "masks" / setting / "MRPC" / f"seed_{seed}",
                              "--seed", seed)
        evaluate = ["evaluate", "--study", self.study, "--data", data, "--max-seq-length", "16", "--threads", "1"]
        report = self.run_json(*evaluate)
        self.assertEqual((report["evaluated"], report["unchanged"], report["passed_over"]), (8, 0, []))
        self.assertEqual([e["name"] for e in report["experiments"]],
                         ["freq_baseline", "no_mask", "head_mlp", "head_mlp_random", "head_mlp_bad_1"])
        single = self.run_json("evaluate", "--checkpoint", self.study / "models" / "finetuned" / "MRPC" / "seed_1", "--task", "MRPC",
                               "--data", data, "--max-seq-length", "16", "--threads", "1", *self.masks)
        scores = self.study / "evaluate_masked" / "head_mlp"
        self.assertEqual(read_json(scores / "per_seed.json")["MRPC"]["1"], single["metrics"])
        self.assertEqual(read_json(scores / "baseline" / "results.json")["MRPC"]["acc"], [single["metrics"]["acc"], 0])
        self.assertEqual(read_json(scores / "evaluations.json")["evaluations"]["MRPC"]["1"]["predicted_share"], single["predicted_share"])
        self.assertEqual(read_json(self.study / "evaluate_masked" / "freq_baseline" / "results.json")["MRPC"]["acc"], [0.5, 0])
        self.assertIn("good, pruned", (self.study / "figures" / "results.csv").read_text())
        again = lottery(*evaluate, "--quiet")
        self.assertEqual(again.stderr, "")
        self.assertIn("0 evaluated, 8 as before", again.stdout)

        table = ["analyze", "table", "--results", self.study / "evaluate_masked"]
        document = self.run_json(*table)
        self.assertEqual(document["experiments"], report["experiments"])
        for form, begins in (("text", " "), ("markdown", "| | MRPC acc |"), ("latex", "\\begin{tabular}{lr}"), ("csv", "experiment,label"),
                             ("json", "{")):
            result = lottery(*table, "--format", form)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertTrue(result.stdout.startswith(begins), result.stdout)
            self.assertIn("good, pruned", result.stdout)

    def test_evaluate_wants_one_model_or_a_study(self):
        data = write_mrpc(self.folder / "glue")
        model = ["--checkpoint", CHECKPOINT, "--task", "MRPC"]
        for arguments, said in ((["--data", data], "--checkpoint"), ([*model[:2], "--data", data], "--task"),
                                ([*model, "--data", data, "--study", self.study], "--study"),
                                ([*model, "--data", data, "--tasks", "MRPC"], "--study"),
                                (["--study", self.study, "--data", data, "--tasks", "SQuAD"], "SQuAD")):
            with self.subTest(arguments=arguments):
                self.check_one_line(lottery("evaluate", *arguments), said, code=2)
        self.check_one_line(lottery("evaluate", "--study", self.folder / "none", "--data", data), "none")
        self.check_one_line(lottery("evaluate", "--study", self.study, "--data", data, "--experiments", "all"), "no experiment")

    def test_table_failures(self):
        self.check_one_line(lottery("analyze", "table", "--results", self.folder / "none"), "no such folder")
        self.check_one_line(lottery("analyze", "table", "--results", self.folder), "no scores found")
        self.check_one_line(lottery("analyze", "table", "--results", self.folder, "--format", "word"), "--format", code=2)
        self.check_one_line(lottery("analyze"), "lottery: ", code=2)

    def test_help(self):
        for arguments in (["subnetwork", "random"], ["supermask"], ["analyze", "table"]):
            result = lottery(*arguments, "--help")
            self.assertEqual(result.returncode, 0)
            for option in ("--device", "--threads", "--quiet", "--json"):
                self.assertIn(option, result.stdout)


if __name__ == "__main__":
    unittest.main()
