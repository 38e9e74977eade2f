# SPDX-License-Identifier: GPL-3.0-or-later
"""`lottery reset` and `lottery evaluate --without-residuals` from the terminal."""

import json
import pathlib
import shutil
import tempfile
import unittest

from command_line import CHECKPOINT, lottery, read_json, weights, write_mrpc


class Reset(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.data = write_mrpc(cls.folder / "glue")
        cls.tuned = cls.folder / "tuned"
        training = ["--epochs", "1", "--batch-size", "8", "--learning-rate", "1e-2", "--max-seq-length", "16", "--threads", "1"]
        result = lottery("finetune", "--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", cls.data, "--out", cls.tuned, *training)
        assert result.returncode == 0, result.stderr
        cls.scored = ["--task", "MRPC", "--data", cls.data, "--max-seq-length", "16", "--threads", "1", "--json"]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def reset(self, out, *arguments):
        result = lottery("reset", "--checkpoint", self.tuned, "--out", self.folder / out, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def evaluate(self, checkpoint, *options):
        result = lottery("evaluate", "--checkpoint", checkpoint, *self.scored, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def refused(self, said, *arguments, code=1):
        result = lottery(*arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertIn(said, result.stderr)
        self.assertFalse((self.folder / "never").exists())

    def test_checkpoint(self):
        report = json.loads(self.reset("zero", "--how", "zero", "--parts", "query,intermediate", "--layers", "1", *self.scored))
        self.assertEqual((report["how"], report["parts"], report["layers"]), ("zero", ["query", "intermediate"], [1]))
        self.assertEqual(report["metrics_before"], self.evaluate(self.tuned)["metrics"])
        self.assertEqual(report["metrics"], self.evaluate(self.folder / "zero")["metrics"])
        before, _ = weights(self.tuned / "model.safetensors")
        after, _ = weights(self.folder / "zero" / "model.safetensors")
        changed = {name for name in before if before[name] != after[name]}
        layer = "bert.encoder.layer.1."
        self.assertEqual(changed, {layer + name + end for name in ("attention.self.query", "intermediate.dense")
                                   for end in (".weight", ".bias")})
        self.assertTrue(all(not any(after[name]) for name in changed))
        self.assertEqual(sum(len(before[name]) // 4 for name in changed), report["weights"])
        run = read_json(self.folder / "zero" / "run.json")
        self.assertEqual(run["command"], "reset")
        self.assertEqual(run["trained_by"]["task"], "MRPC")

    def test_reverted(self):
        self.reset("reverted", "--how", "pretrained", "--pretrained", CHECKPOINT, "--parts", "layer,embeddings")
        original, _ = weights(CHECKPOINT / "model.safetensors")
        after, _ = weights(self.folder / "reverted" / "model.safetensors")
        tuned, _ = weights(self.tuned / "model.safetensors")
        for name, value in after.items():
            kept = name.startswith(("bert.pooler", "classifier"))
            self.assertEqual(value, (tuned if kept else original)[name], name)
        # Ranges of layers, by a seed.
        for seed in (1, 2):
            self.reset(f"fresh{seed}", "--how", "reinit", "--parts", "layer", "--layers", "0-1", "--seed", seed)
        first, second = (weights(self.folder / f"fresh{seed}" / "model.safetensors")[0] for seed in (1, 2))
        name = "bert.encoder.layer.0.output.dense.weight"
        self.assertNotEqual(first[name], second[name])

    def test_series(self):
        for series, points in (("layers", [[0], [1]]), ("layer-pairs", [[0], [0, 1], [1]])):
            report = json.loads(self.reset(series, "--how", "zero", "--parts", "layer", "--series", series, *self.scored))
            self.assertEqual([point["layers"] for point in report["points"]], points)
            self.assertEqual(set(path.name for path in (self.folder / series).iterdir()),
                             {"series.svg", "series.csv", "run.json"})
        text = self.reset("text", "--how", "reinit", "--parts", "query,layer-norm", "--series", "parts", *self.scored[:-1])
        self.assertIn("layer-norm", text)
        self.assertIn("as it is", text)
        text = self.reset("pairs", "--how", "zero", "--parts", "layer", "--series", "layer-pairs", *self.scored[:-1])
        self.assertRegex(text, r"(?m)^layer 0 +acc")
        self.assertRegex(text, r"(?m)^layers 0, 1 +acc")

    def test_residuals(self):
        whole = self.evaluate(self.tuned)
        seen = set()
        for which in ("attention", "mlp", "both"):
            table = self.folder / f"{which}.tsv"
            report = self.evaluate(self.tuned, "--without-residuals", which, "--layers", "1", "--predictions", table)
            self.assertEqual(report["without_residuals"], {"attention": which != "mlp", "mlp": which != "attention", "layers": [1]})
            self.assertNotEqual(report["loss"], whole["loss"])
            seen.add(report["loss"])
        self.assertEqual(len(seen), 3)
        self.assertNotIn("without_residuals", whole)
        every = self.evaluate(self.tuned, "--without-residuals", "both")
        self.assertEqual(every["without_residuals"]["layers"], [0, 1])
        self.assertEqual(every["loss"], self.evaluate(self.tuned, "--without-residuals", "both", "--layers", "0,1")["loss"])
        text = lottery("evaluate", "--checkpoint", self.tuned, *self.scored[:-1], "--without-residuals", "mlp")
        self.assertIn("without the residual around the MLP in layers 0, 1", text.stdout)
        start = ["evaluate", "--checkpoint", self.tuned, *self.scored]
        self.refused("--layers: 2 found", *start, "--without-residuals", "mlp", "--layers", "2")
        self.refused("--without-residuals", *start, "--layers", "1", code=2)
        self.refused("--layers", *start, "--without-residuals", "mlp", "--layers", "1-", code=2)
        self.refused("--layers", *start, "--without-residuals", "mlp", "--layers", "3-1", code=2)
        self.refused("both", *start, "--without-residuals", "all", code=2)
        self.refused("--measure-speed", *start, "--without-residuals", "mlp", "--measure-speed")

    def test_refused(self):
        start = ["reset", "--checkpoint", self.tuned, "--out", self.folder / "never"]
        self.refused("--pretrained", *start, "--how", "pretrained", "--parts", "query")
        self.refused("another model", *start, "--how", "pretrained", "--parts", "query", "--pretrained",
                     CHECKPOINT.parent / "three_layers")
        self.refused("--parts", *start, "--how", "zero", "--parts", "heads", code=2)
        self.refused("--how", *start, "--parts", "query", code=2)
        self.refused("--seed", *start, "--how", "zero", "--parts", "query", "--seed", "3", code=2)
        self.refused("--data", *start, "--how", "zero", "--parts", "query", "--task", "MRPC", code=2)
        self.refused("--task", *start, "--how", "zero", "--parts", "layer", "--series", "layers")
        self.refused("own folder", "reset", "--checkpoint", self.tuned, "--out", self.tuned, "--how", "zero", "--parts", "query")


if __name__ == "__main__":
    unittest.main()
