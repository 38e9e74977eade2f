# SPDX-License-Identifier: GPL-3.0-or-later
"""Subnetworks from the terminal: remove, evaluate both ways, retrain; and what is refused."""

import json
import math
import pathlib
import shutil
import signal
import tempfile
import unittest

from command_line import CHECKPOINT, lottery, read_json, start, write_mrpc, write_npy

SHORT = ["--max-seq-length", "16"]
TRAINING = ["--epochs", "2", "--batch-size", "16", "--learning-rate", "0.01", "--threads", "1", *SHORT]
# Two layers of two heads: layer 0 keeps a head, layer 1 none; layer 0 has no MLP.
HEADS = [[1, 0], [0, 0]]
MLPS = [0, 1]


class Removal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.data = write_mrpc(cls.folder / "glue")
        cls.task = ["--task", "MRPC", "--data", cls.data]
        cls.model = cls.folder / "model"
        result = lottery("finetune", "--checkpoint", CHECKPOINT, *cls.task, "--out", cls.model, "--hold-out", "16", *TRAINING)
        assert result.returncode == 0, result.stderr
        cls.heads = write_npy(cls.folder / "head_mask.npy", HEADS)
        cls.mlps = write_npy(cls.folder / "mlp_mask.npy", MLPS)
        cls.masks = ["--head-mask", cls.heads, "--mlp-mask", cls.mlps]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def check_done(self, result):
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def check_one_line(self, result, *said):
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(result.stdout, "")
        lines = [line for line in result.stderr.splitlines() if line.startswith("lottery: ")]
        self.assertEqual(len(lines), 1, result.stderr)
        for text in said:
            self.assertIn(text, lines[0])

    def evaluate(self, checkpoint, *more):
        return self.check_done(lottery("evaluate", "--checkpoint", checkpoint, *self.task, *SHORT, "--threads", "1", "--json", *more))

    def logits(self, checkpoint, *more):
        file = self.folder / "predictions.tsv"
        self.evaluate(checkpoint, "--predictions", file, *more)
        return [[float(x) for x in row.split("\t")[4:]] for row in file.read_text().splitlines()[1:]]

    def assert_close(self, a, b):
        self.assertEqual(len(a), len(b))
        for left, right in zip(a, b):
            for x, y in zip(left, right):
                self.assertTrue(math.isclose(x, y, rel_tol=1e-5, abs_tol=1e-6), (x, y))

    def test_remove(self):
        out = self.folder / "removed"
        report = self.check_done(lottery("remove", "--checkpoint", self.model, *self.masks, "--out", out, "--json"))
        self.assertEqual((report["kept_heads"], report["kept_mlps"]), (1, 1))
        self.assertLess(report["parameters"], report["parameters_before"])
        self.assertFalse(report["loads_in_transformers"])
        config = read_json(out / "config.json")
        self.assertEqual(config["pruned_heads"], {"0": [1], "1": [0, 1]})
        self.assertEqual(config["lottery_pruned_mlps"], [0])
        self.assertEqual(config["num_attention_heads"], 2)
        run = read_json(out / "run.json")
        self.assertEqual(run["command"], "remove")
        self.assertEqual(set(run["inputs"]["masks_sha256"]), {"head_mask", "mlp_mask"})
        self.assertEqual(run["trained_by"], read_json(self.model / "run.json")["inputs"])
        self.assertEqual(run["result"], report)
        self.assertEqual((out / "vocab.txt").read_bytes(), (self.model / "vocab.txt").read_bytes())
        self.assertLess((out / "model.safetensors").stat().st_size, (self.model / "model.safetensors").stat().st_size)

        # The removed model says what the masked one says.
        self.assert_close(self.logits(out), self.logits(self.model, *self.masks))
        # Its masks are still those of the original model.
        self.assert_close(self.logits(out, *self.masks), self.logits(out))
        masked = self.evaluate(self.model, *self.masks)
        alone = self.evaluate(out)
        self.assertEqual(masked["metrics"], alone["metrics"])
        for key in ("parameters_kept", "parameters_kept_share", "multiply_adds", "multiply_adds_full", "kept_heads", "kept_mlps"):
            self.assertEqual(masked[key], alone[key], key)
        self.assertEqual(alone["parameters"], report["parameters"])
        self.assertEqual(alone["parameters_kept_share"], report["parameters_kept_share"])

        # What is gone cannot be kept.
        everything = write_npy(self.folder / "everything.npy", [[1, 1], [1, 1]])
        self.check_one_line(lottery("evaluate", "--checkpoint", out, *self.task, *SHORT, "--head-mask", everything),
                            "everything.npy", "keeps head 1 of layer 0", "removed")
        self.check_one_line(lottery("remove", "--checkpoint", self.model, *self.masks, "--out", out), "already holds")

        # A search goes on from what is left, on the examples that training had held out.
        search = self.folder / "search"
        result = lottery("mask", "heads-mlps", "--checkpoint", out, *self.task, *SHORT, "--mode", "published", "--split", "train",
                         "--out", search, "--json")
        document = self.check_done(result)
        self.assertNotIn("fine-tuned on", result.stderr)
        self.assertEqual(read_json(search / "run.json")["searched_on"]["examples"], 16)
        self.assertEqual((document["steps"][0]["kept_heads"], document["steps"][0]["kept_mlps"]), (1, 1))
        for step in document["steps"]:
            for component in step["masked"]:
                self.assertIn((component["layer"], component["head"]), [(0, 0), (1, None)])
        self.assertLessEqual(document["kept_weights_share"], report["parameters_kept_share"])
        self.assertEqual(document["kept_weights_share"], read_json(search / "search.json")["kept_weights_share"])

    def test_remove_one_kind(self):
        out = self.folder / "heads_only"
        keep_one_each = write_npy(self.folder / "one_each.npy", [[0, 1], [1, 0]])
        report = self.check_done(lottery("remove", "--checkpoint", self.model, "--head-mask", keep_one_each, "--out", out, "--json"))
        self.assertTrue(report["loads_in_transformers"])
        self.assertEqual(report["kept_mlps"], 2)
        self.assertNotIn("lottery_pruned_mlps", read_json(out / "config.json"))

    def test_evaluate_gives_both_scores(self):
        reports = {way: self.evaluate(self.model, *self.masks, "--removal", way) for way in ("physical", "multiply")}
        for way, report in reports.items():
            self.assertEqual(report["removal"], way)
            self.assertEqual(report["metrics"], report["metrics_by_removal"][way])
            self.assertEqual(report["layers_left_without_heads"], [1])
            self.assertNotIn("speed", report)
        self.assertEqual(reports["physical"]["metrics_by_removal"], reports["multiply"]["metrics_by_removal"])
        self.assertNotEqual(self.logits(self.model, *self.masks), self.logits(self.model, *self.masks, "--removal", "multiply"))
        result = lottery("evaluate", "--checkpoint", self.model, *self.task, *SHORT, *self.masks)
        self.assertIn("layers without a head (1)", result.stdout)

        # Where no layer lost its last head both are one.
        one_each = write_npy(self.folder / "kept_each.npy", [[0, 1], [1, 0]])
        report = self.evaluate(self.model, "--head-mask", one_each)
        self.assertEqual(report["layers_left_without_heads"], [])
        self.assertEqual(report["metrics_by_removal"]["physical"], report["metrics_by_removal"]["multiply"])
        plain = self.evaluate(self.model)
        self.assertNotIn("metrics_by_removal", plain)
        self.assertEqual(plain["multiply_adds"], plain["multiply_adds_full"])
        self.assertGreater(plain["multiply_adds"], report["multiply_adds"])
        self.assertEqual(plain["parameters_kept_share"], 1)

    def test_measured_speed(self):
        report = self.evaluate(self.model, *self.masks, "--measure-speed")
        self.assertEqual([row["batch"] for row in report["speed"]], [1, 32])  # dev holds 32 examples
        for row in report["speed"]:
            self.assertGreater(row["whole_ms"], 0)
            self.assertGreater(row["removed_ms"], 0)
        alone = self.evaluate(self.model, "--measure-speed")
        self.assertEqual(alone["speed"][0]["whole_ms"], alone["speed"][0]["removed_ms"])
        human = lottery("evaluate", "--checkpoint", self.model, *self.task, *SHORT, *self.masks, "--measure-speed")
        self.assertIn("times as fast", human.stdout)

    def test_retrain(self):
        arguments = ["finetune", "--checkpoint", CHECKPOINT, *self.task, *TRAINING[2:], "--save-steps", "2", "--json"]
        whole = self.folder / "retrained"
        report = self.check_done(lottery(*arguments, *self.masks, "--out", whole, "--epochs", "2"))
        config = read_json(whole / "config.json")
        self.assertEqual(config["pruned_heads"], {"0": [1], "1": [0, 1]})
        self.assertEqual(config["lottery_pruned_mlps"], [0])
        run = read_json(whole / "run.json")
        self.assertEqual(len(run["inputs"]["masks_sha256"]["head_mask"]), 64)
        self.assertEqual(run["head_mask"], str(self.heads))
        self.assertEqual(self.evaluate(whole)["metrics"], report["metrics"])

        # Cancelled and resumed: the same bytes. Other masks are refused.
        out = self.folder / "cancelled"
        run = start(*arguments, *self.masks, "--out", out, "--epochs", "40")
        while not (out / "resume.safetensors").exists():
            self.assertIsNone(run.poll(), "finished before it could be cancelled")
        run.send_signal(signal.SIGINT)
        run.communicate()
        self.assertEqual(run.returncode, 130)
        other = write_npy(self.folder / "other.npy", [[0, 1], [0, 0]])
        self.check_one_line(lottery(*arguments, "--head-mask", other, "--mlp-mask", self.mlps, "--out", out, "--epochs", "40", "--resume"),
                            "resume.safetensors", "other options")
        self.check_one_line(lottery(*arguments, "--out", out, "--epochs", "40", "--resume"), "resume.safetensors", "other options")
        self.check_done(lottery(*arguments, *self.masks, "--out", out, "--epochs", "40", "--resume"))
        again = self.folder / "undisturbed"
        self.check_done(lottery(*arguments, *self.masks, "--out", again, "--epochs", "40"))
        for name in ("model.safetensors", "training.json", "config.json"):
            self.assertEqual((out / name).read_bytes(), (again / name).read_bytes(), name)

    def test_bad_masks(self):
        cases = (("wrong_shape", [[1, 1, 1]], "--head-mask", "1 layers × 3 heads found, the model has 2 × 2"),
                 ("one_dimension", [1, 1], "--head-mask", "[layers, heads] expected"),
                 ("half", [[1, 0.5], [1, 1]], "--head-mask", "element 1 is 0.5"),
                 ("nan", [[1, math.nan], [1, 1]], "--head-mask", "element 1 is nan"),
                 ("wrong_layers", [1, 1, 1], "--mlp-mask", "MLP mask of 3 layers found, the model has 2"),
                 ("half_mlp", [0.5, 1], "--mlp-mask", "element 0 is 0.5"))
        for name, values, option, said in cases:
            file = write_npy(self.folder / f"{name}.npy", values)
            self.refused(option, file, f"{name}.npy", said)
        self.refused("--head-mask", self.folder / "missing.npy", "missing.npy", "no such file")
        text = self.folder / "text.npy"
        text.write_text("not an array")
        self.refused("--mlp-mask", text, "text.npy")

    def refused(self, option, file, *said):
        out = self.folder / "never"
        for command in (["remove", "--checkpoint", self.model, "--out", out],
                        ["evaluate", "--checkpoint", self.model, *self.task, *SHORT],
                        ["finetune", "--checkpoint", CHECKPOINT, *self.task, "--out", out, *TRAINING]):
            with self.subTest(command=command[0], file=file.name):
                self.check_one_line(lottery(*command, option, file), option, *said)
                self.assertFalse(out.exists())

    def test_refused_checkpoints(self):
        self.check_one_line(lottery("remove", "--checkpoint", self.model, "--out", self.folder / "never"), "--head-mask")
        self.check_one_line(lottery("remove", "--checkpoint", self.model, *self.masks, "--out", self.model), "own folder")
        damaged = self.folder / "damaged"
        shutil.copytree(self.model, damaged)
        config = read_json(damaged / "config.json")
        config["pruned_heads"] = {"0": [7]}
        (damaged / "config.json").write_text(json.dumps(config))
        self.check_one_line(lottery("evaluate", "--checkpoint", damaged, *self.task, *SHORT), "config.json", "pruned_heads", "from 0 to 1")
        self.assertEqual(lottery("remove", "--out", "x").returncode, 2)


if __name__ == "__main__":
    unittest.main()
