# SPDX-License-Identifier: GPL-3.0-or-later
"""`lottery patterns`: training on labelled and on synthetic maps, scoring, classifying, both forms of output, what is refused."""

import json
import pathlib
import random
import shutil
import tempfile
import unittest

from command_line import CHECKPOINT, SYLLABLES, lottery, read_json, weights, write_npy

CLASSES = ["vertical", "diagonal", "vertical+diagonal", "block", "heterogeneous"]
SHORT = ["--max-seq-length", "20", "--threads", "1"]


def write_mrpc(folder, rows=12):
    """MRPC-shaped dev examples of 17 to 20 tokens, and two of 7."""
    draw = random.Random(5)
    lines = ["Quality\t#1 ID\t#2 ID\t#1 String\t#2 String"]
    for row in range(rows):
        count = 2 if row < 2 else draw.randint(7, 10)
        a, b = (" ".join(draw.choices(SYLLABLES, k=count)) for _ in range(2))
        lines.append(f"{row % 2}\t1\t2\t{a}\t{b}")
    folder = folder / "MRPC"
    folder.mkdir(parents=True)
    for name in ("train", "dev"):
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n")
    return folder.parent


def write_maps(folder, per_class=4):
    """Plain vertical and diagonal maps of 9 tokens."""
    folder.mkdir()
    for i in range(per_class):
        write_npy(folder / f"{i:04d}.npy", [[float(column == i) for column in range(9)] for _ in range(9)])
        write_npy(folder / f"{i + 10:04d}.npy", [[float(column == (row + i) % 9) for column in range(9)] for row in range(9)])
    ids = [", ".join(str(first + i) for i in range(per_class)) for first in (0, 10)]
    (folder / "labels.txt").write_text(f"single_vertical = {ids[0]}\ndiagonal = {ids[1]}\n")
    return folder


class Patterns(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def refused(self, said, *arguments, code=1):
        result = lottery("patterns", *arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertIn(said, result.stderr)

    def test_train_on_labelled_maps(self):
        maps = write_maps(self.folder / "maps")
        out = self.folder / "trained" / "mine.safetensors"
        command = ["patterns", "train", "--data", maps, "--kind", "norm", "--epochs", "2", "--batch-size", "4",
                   "--validation-share", "0.25", "--seed", "3", "--threads", "1"]
        result = lottery(*command, "--out", out, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual(report["classifier"]["kind"], "norm")
        self.assertEqual(report["classifier"]["maps"], 8)
        self.assertEqual((report["classifier"]["smallest_map"], report["classifier"]["canvas"]), (9, 32))
        self.assertEqual(len(report["history"]), 2)
        validation = report["validation"]
        self.assertEqual(validation["maps"], 2)
        self.assertEqual([sum(row) for row in validation["confusion"]], [1, 1, 0, 0, 0])
        self.assertEqual(len(validation["wrong"]), 2 - validation["correct"])
        self.assertIsNone(validation["classes"]["block"]["recall"])
        self.assertIn("no map is of class vertical+diagonal, block, heterogeneous", result.stderr)
        _, metadata = weights(out)
        self.assertEqual(metadata["format"], "lottery attention-pattern classifier")
        self.assertEqual(metadata["classes"].split(","), CLASSES)
        self.assertEqual(read_json(out.parent / "run.json")["command"], "patterns train")
        # The same command gives the same weights; the terminal shows the confusion matrix.
        again = self.folder / "again" / "mine.safetensors"
        shown = lottery(*command, "--out", again, "--labels", maps / "labels.txt")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertEqual(weights(again)[0], weights(out)[0])
        for text in ("trained on norm-based maps", "precision", "→ block", "epoch 2: loss"):
            self.assertIn(text, shown.stdout + shown.stderr)

    def test_train_on_synthetic_maps(self):
        out = self.folder / "synthetic.safetensors"
        result = lottery("patterns", "train", "--synthetic", "20", "--epochs", "1", "--out", out, "--json", "--quiet",
                         "--threads", "1")
        self.assertEqual(result.returncode, 0, result.stderr)
        classifier = json.loads(result.stdout)["classifier"]
        self.assertEqual(classifier["kind"], "synthetic")
        self.assertEqual(classifier["trained_on"], "20 synthetic maps, seed 1337")

    def test_score(self):
        result = lottery("patterns", "score", "--synthetic", "60", "--seed", "5", "--json", "--quiet", "--threads", "1")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual(report["classifier"]["name"], "built-in")
        self.assertEqual(report["maps"], "60 synthetic maps, seed 5")
        scores = report["scores"]
        self.assertEqual([sum(row) for row in scores["confusion"]], [12] * 5)
        self.assertEqual(scores["correct"], sum(scores["confusion"][c][c] for c in range(5)))
        self.assertEqual(len(scores["wrong"]), 60 - scores["correct"])
        self.assertGreater(scores["accuracy"], 0.8)
        # A folder of labelled maps, as it is trained on.
        maps = write_maps(self.folder / "maps")
        shown = lottery("patterns", "score", "--data", maps, "--threads", "1")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        for text in ("right on ", "labelled maps of", "precision", "→ heterogeneous"):
            self.assertIn(text, shown.stdout)
        self.refused("gives the maps that this classifier was trained on", "score", "--synthetic", "60", "--seed",
                     str(report["classifier"]["seed"]))
        self.refused("--data or --synthetic", "score", code=2)
        (maps / "labels.txt").write_text("block = 77\n")
        self.refused("names map 0077, which is not there", "score", "--data", maps)

    def test_classify(self):
        data = write_mrpc(self.folder / "glue")
        heads = write_npy(self.folder / "heads.npy", [[0.0, 1.0], [0.0, 0.0]])
        for name, options, maps in (("raw", [], 4), ("norm", ["--kind", "norm"], 4),
                                    ("published", ["--kind", "norm", "--mode", "published"], 4),
                                    ("masked", ["--head-mask", heads], 1)):
            with self.subTest(name):
                out = self.folder / name
                result = lottery("patterns", "classify", "--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", data,
                                 "--examples", "6", "--seed", "2", "--out", out, "--json", *SHORT, *options)
                self.assertEqual(result.returncode, 0, result.stderr)
                report = json.loads(result.stdout)
                self.assertEqual(report, read_json(out / "patterns.json"))
                self.assertEqual(report["classifier"]["name"], "built-in")
                self.assertEqual(report["classifier"]["kind"], "synthetic")
                self.assertEqual(report["kind"], {"norm": "norm", "published": "norm-published"}.get(name, "raw"))
                self.assertEqual(report["class_order"], CLASSES)
                self.assertEqual((report["dev_examples"], report["too_short"], report["maps"]), (12, 2, 6 * maps))
                self.assertEqual(len(report["example_rows"]), 6)
                self.assertTrue(all(row >= 2 for row in report["example_rows"]))
                present = [shares for layer in report["head_shares"] for shares in layer if shares is not None]
                self.assertEqual(len(present), maps)
                for shares in present:
                    self.assertAlmostEqual(sum(shares), 1.0, places=9)
                for place, share in enumerate(report["shares"]):
                    self.assertAlmostEqual(share, sum(shares[place] for shares in present) / maps, places=9)
        shown = lottery("patterns", "classify", "--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", data,
                        "--head-mask", heads, "--out", self.folder / "shown", *SHORT)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        for text in ("classifier built-in: trained on synthetic maps", "10 of 12 dev examples of MRPC (2 too short)",
                     "heterogeneous", "every head's shares in"):
            self.assertIn(text, shown.stdout)

    def test_refused(self):
        data = write_mrpc(self.folder / "glue")
        maps = write_maps(self.folder / "maps")
        out = ["--out", self.folder / "c.safetensors"]
        self.refused("--data or --synthetic", "train", *out, code=2)
        self.refused("--data excludes --synthetic", "train", "--data", maps, "--synthetic", "20", *out, code=2)
        self.refused("--kind excludes --synthetic", "train", "--kind", "raw", "--synthetic", "20", *out, code=2)
        self.refused("--out", "train", "--synthetic", "20", code=2)
        self.refused("ending in .safetensors", "train", "--synthetic", "20", "--out", self.folder / "c.pt")
        self.refused("no label file", "train", "--data", data / "MRPC" / "..", *out)
        (maps / "labels.txt").write_text("stripes = 0\n")
        self.refused("labels.txt:1: \"stripes\" is no class", "train", "--data", maps, *out)
        (maps / "labels.txt").write_text("block = 0, 77\n")
        self.refused("names map 0077, which is not there", "train", "--data", maps, *out)
        model = ["--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", data, *SHORT]
        self.refused("--out", "classify", *model, code=2)
        self.refused("no classifier of attention patterns", "classify", "--classifier", CHECKPOINT / "model.safetensors",
                     *model, "--out", self.folder / "shares")
        self.refused("nowhere.safetensors", "classify", "--classifier", self.folder / "nowhere.safetensors", *model, "--out",
                     self.folder / "shares")
        self.assertFalse((self.folder / "shares").exists())


if __name__ == "__main__":
    unittest.main()
