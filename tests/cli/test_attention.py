# SPDX-License-Identifier: GPL-3.0-or-later
"""`lottery attention`: maps and tokens on disk, pairs, masks, the search for examples, what is refused."""

import json
import math
import pathlib
import shutil
import struct
import tempfile
import unittest

from command_line import CHECKPOINT, lottery, read_json, write_mrpc, write_npy

SHORT = ["--max-seq-length", "20"]


def read_maps(path):
    """Shape and numbers of a float32 .npy file, version 1.0."""
    raw = pathlib.Path(path).read_bytes()
    length = int.from_bytes(raw[8:10], "little")
    shape = eval(raw[10:10 + length])["shape"]  # a Python literal of our own making
    return shape, struct.unpack(f"<{math.prod(shape)}f", raw[10 + length:])


class Attention(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, *options, out="out", code=0):
        result = lottery("attention", "--checkpoint", CHECKPOINT, "--out", self.folder / out, "--threads", "1",
                         *options)
        self.assertEqual(result.returncode, code, result.stderr)
        return result

    def test_text_and_pair(self):
        report = json.loads(self.write("--text", "ba be", "--text-pair", "bi", "--json").stdout)
        shape, values = read_maps(self.folder / "out" / "attention.npy")
        tokens = report["tokens"]
        self.assertEqual(shape, (report["layers"], report["heads"], len(tokens), len(tokens)))
        self.assertEqual((tokens[0], tokens[-1]), ("[CLS]", "[SEP]"))
        self.assertEqual(sorted(report["token_type_ids"]), report["token_type_ids"])
        self.assertEqual(report["token_type_ids"][-1], 1)
        for row in range(0, len(values), len(tokens)):
            self.assertAlmostEqual(sum(values[row:row + len(tokens)]), 1.0, places=5)
        stored = read_json(self.folder / "out" / "tokens.json")
        self.assertEqual(stored["tokens"], tokens)
        self.assertEqual(read_json(self.folder / "out" / "run.json")["kind"], "raw")

    def test_norms_differ_by_mode(self):
        for mode in ("rigorous", "published"):
            self.write("--text", "ba be bi", "--kind", "norm", "--mode", mode, out=mode)
        rigorous, published = (read_maps(self.folder / mode / "attention.npy")[1] for mode in ("rigorous", "published"))
        self.assertEqual(len(rigorous), len(published))
        self.assertNotEqual(rigorous, published)
        self.assertEqual(read_json(self.folder / "published" / "run.json")["kind"], "norm as published")

    def test_masked_heads_are_nan(self):
        report = json.loads(self.write("--text", "ba", "--json").stdout)
        layers, heads = report["layers"], report["heads"]
        mask = [[0.0 if layer == 0 else 1.0] * heads for layer in range(layers)]
        file = write_npy(self.folder / "head_mask.npy", mask)
        result = self.write("--text", "ba", "--head-mask", file, out="masked")
        self.assertIn("no heads left", result.stdout)
        _, values = read_maps(self.folder / "masked" / "attention.npy")
        self.assertTrue(all(math.isnan(value) for value in values[:len(values) // layers]))
        self.assertFalse(any(math.isnan(value) for value in values[len(values) // layers:]))

    def test_examples_and_search(self):
        data = write_mrpc(self.folder / "data")
        report = json.loads(self.write("--task", "MRPC", "--data", data, "--example", "2", "--json", *SHORT).stdout)
        row = (data / "MRPC" / "dev.tsv").read_text().splitlines()[3].split("\t")
        self.assertEqual((report["text"], report["text_pair"]), (row[3], row[4]))
        found = lottery("attention", "--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", data, "--find", "sep",
                        "--head", "2.1", "--most", "4", "--json", "--threads", "1", *SHORT)
        self.assertEqual(found.returncode, 0, found.stderr)
        found = json.loads(found.stdout)
        self.assertEqual((found["layer"], found["head"], found["attends_to"]), (1, 0, "sep"))
        shares = [one["share"] for one in found["examples"]]
        self.assertEqual(len(shares), 4)
        self.assertEqual(shares, sorted(shares, reverse=True))

    def test_unknown_words_are_told(self):
        self.assertIn("[UNK]", self.write("--text", "\u2603").stderr)

    def test_refused(self):
        self.assertIn("no token", self.write("--text", "  ", code=1).stderr)
        self.assertIn("positions", self.write("--text", "ba " * 600, code=1).stderr)
        self.assertFalse((self.folder / "out").exists())
        for said, *options in (
                ("--text", ),
                ("--data", "--task", "MRPC"),
                ("--text", "--text-pair", "ba"),
                ("LAYER.HEAD", "--find", "sep", "--head", "7", "--task", "MRPC", "--data", "x"),
                ("--head", "--find", "sep", "--task", "MRPC", "--data", "x")):
            result = lottery("attention", "--checkpoint", CHECKPOINT, *options)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(said, result.stderr)
        self.assertIn("--out", lottery("attention", "--checkpoint", CHECKPOINT, "--text", "ba").stderr)


if __name__ == "__main__":
    unittest.main()
