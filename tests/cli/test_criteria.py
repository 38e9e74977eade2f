# SPDX-License-Identifier: GPL-3.0-or-later
"""Criteria, blocks of neurons and comparisons from the terminal."""

import json
import pathlib
import shutil
import tempfile
import unittest
import xml.etree.ElementTree

from command_line import CHECKPOINT, lottery, read_json, write_mrpc

SHORT = ["--max-seq-length", "16", "--threads", "1"]


class Criteria(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.data = write_mrpc(cls.folder / "glue")
        cls.model = cls.folder / "model"
        made = lottery("finetune", "--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", cls.data, "--out", cls.model, "--learning-rate",
                       "0.01", "--batch-size", "16", "--epochs", "3", *SHORT)
        assert made.returncode == 0, made.stderr

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def mask(self, kind, name, *options):
        return lottery("mask", kind, "--checkpoint", self.model, "--task", "MRPC", "--data", self.data, "--mode", "published", "--out",
                       self.folder / name, *SHORT, *options)

    def found(self, kind, name, *options):
        result = self.mask(kind, name, *options, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_criteria_and_their_comparison(self):
        criteria = ["gradient", "fisher", "leave-one-out", "entropy", "confidence", "learned", "random"]
        for criterion in criteria:
            options = ["--gate-steps", "5"] if criterion == "learned" else []
            document = self.found("heads", criterion, "--criterion", criterion, "--measure-speed", *options)
            self.assertEqual(document["criterion"], criterion)
            self.assertEqual(document["steps"][0]["kept_share"], 1)
            self.assertGreater(document["steps"][0]["milliseconds_per_example"], 0)
            options = read_json(self.folder / criterion / "run.json")["inputs"]["options"]
            self.assertEqual(options["criterion"], criterion)
            self.assertEqual("gates" in options, criterion == "learned")
        out = self.folder / "compared.svg"
        result = lottery("mask", "compare", *(self.folder / c for c in criteria), "--out", out, "--title", "All & sundry", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        document = json.loads(result.stdout)
        self.assertEqual([s["criterion"] for s in document["searches"]], criteria)
        self.assertEqual(document["files"], [str(out), str(out.with_suffix(".csv"))])
        texts = [e.text for e in xml.etree.ElementTree.parse(out).iter() if e.tag.endswith("text")]
        self.assertIn("All & sundry", texts)
        self.assertIn("leave one out", texts)
        rows = out.with_suffix(".csv").read_text().splitlines()
        self.assertEqual(len(rows), 1 + sum(len(read_json(self.folder / c / "search.json")["steps"]) for c in criteria))
        table = lottery("mask", "compare", self.folder / "fisher", "--out", self.folder / "one.csv")
        self.assertIn("Fisher", table.stdout)
        self.assertFalse((self.folder / "one.svg").exists())

    def test_default_is_the_papers_gradient(self):
        plain = self.found("heads-mlps", "plain")
        named = self.found("heads-mlps", "named", "--criterion", "gradient", "--gradient", "batch")
        self.assertEqual((plain["criterion"], plain["gradient"]), ("gradient", "batch"))
        for file in (self.folder / "plain").glob("*.npy"):
            self.assertEqual(file.read_bytes(), (self.folder / "named" / file.name).read_bytes())
        example = self.found("heads-mlps", "example", "--gradient", "example")
        self.assertEqual(example["gradient"], "example")
        self.assertEqual(example["full_score"], plain["full_score"])
        first, second = ((self.folder / n / "head_importance_0.npy").read_bytes() for n in ("plain", "example"))
        self.assertNotEqual(first, second)

    def test_neurons(self):
        document = self.found("neurons", "neurons", "--block-size", "12", "--amount", "0.2", "--criterion", "fisher")
        self.assertEqual((document["kind"], document["block_size"], document["neuron_blocks"]), ("neurons", 12, 6))
        masked = lottery("evaluate", "--checkpoint", self.model, "--task", "MRPC", "--data", self.data, "--json", "--removal", "multiply",
                         "--neuron-mask", self.folder / "neurons" / "neuron_mask.npy", *SHORT)
        self.assertEqual(masked.returncode, 0, masked.stderr)
        self.assertAlmostEqual(json.loads(masked.stdout)["metrics"]["acc"], document["score"], places=9)
        self.assertIn("blocks of 12 MLP neurons kept", self.mask("neurons", "text", "--block-size", "12").stdout)

    def test_wrong_usage(self):
        for kind, options, said in (("heads", ["--criterion", "magic"], "--criterion"),
                                    ("mlps", ["--criterion", "entropy"], "MLPs have none"),
                                    ("heads-mlps", ["--criterion", "confidence"], "MLPs have none"),
                                    ("neurons", ["--criterion", "confidence"], "MLPs have none"),
                                    ("heads", ["--criterion", "fisher", "--gradient", "example"], "--gradient"),
                                    ("heads", ["--gate-steps", "5"], "--gate-steps"),
                                    ("heads", ["--block-size", "5"], "--block-size")):
            with self.subTest(kind=kind, options=options):
                result = self.mask(kind, "never", *options)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(said, result.stderr)
                self.assertFalse((self.folder / "never").exists())

    def test_refusals(self):
        for command, said in ((["mask", "compare", self.folder / "nowhere", "--out", self.folder / "x.svg"], "search.json"),
                              (["mask", "compare", self.model, "--out", self.folder / "x.png"], ".svg or .csv")):
            result = lottery(*command)
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn(said, result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1)
        self.assertEqual(self.mask("neurons", "never", "--block-size", "33").returncode, 1)
        self.assertEqual(self.mask("heads", "never", "--criterion", "learned", "--gate-steps", "0").returncode, 1)
        self.assertFalse((self.folder / "never").exists())


if __name__ == "__main__":
    unittest.main()
