# SPDX-License-Identifier: GPL-3.0-or-later
"""Magnitude pruning from the terminal: search, evaluation, training and survival, and what is refused."""

import json
import pathlib
import shutil
import tempfile
import unittest

from command_line import CHECKPOINT, ROOT, lottery, read_json, weights

SHORT = ["--max-seq-length", "24", "--threads", "1"]


class Magnitude(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        golden = ROOT / "tests" / "goldens" / "search" / "pair_classification"
        cls.data = cls.folder / "glue"
        shutil.copytree(golden / "data", cls.data)
        shutil.copy(cls.data / "MRPC" / "dev.tsv", cls.data / "MRPC" / "train.tsv")
        cls.model = golden / "checkpoint"
        cls.input = ["--checkpoint", cls.model, "--task", "MRPC", "--data", cls.data]
        cls.out = cls.folder / "mask"
        cls.search = lottery("mask", "magnitude", *cls.input, "--out", cls.out, "--mode", "published", "--json", *SHORT)
        cls.mask = cls.out / "weight_mask.safetensors"

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def check_one_line(self, result, *said):
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(result.stdout, "")
        for text in said:
            self.assertIn(text, result.stderr)
        lines = [line for line in result.stderr.splitlines() if line.startswith("lottery: ")]
        self.assertEqual(len(lines), 1, result.stderr)

    def check_zeros(self, model, mask):
        """Every pruned weight of the model is exactly +0, and some others are not 0."""
        values, _ = weights(model / "model.safetensors")
        bits, metadata = weights(mask)
        self.assertEqual(metadata["format"], "lottery-weight-mask-1")
        pruned = others = 0
        for name in json.loads(metadata["shapes"]):
            packed, floats = bits[name + "_mask"], values[name]
            for i in range(len(floats) // 4):
                value = floats[4 * i:4 * i + 4]
                if packed[i // 8] >> (i % 8) & 1:
                    others += value != b"\0\0\0\0"
                else:
                    pruned += 1
                    self.assertEqual(value, b"\0\0\0\0", f"{name}[{i}]")
        self.assertGreater(others, 0)
        return pruned

    def test_search(self):
        self.assertEqual(self.search.returncode, 0, self.search.stderr)
        document = json.loads(self.search.stdout)
        self.assertEqual((document["kind"], document["mode"], document["split"], document["mlp_output_bias"]),
                         ("magnitude", "published", "dev", "left"))
        self.assertGreaterEqual(document["score"], document["threshold"])
        shares = [step["kept_weights_share"] for step in document["steps"]]
        self.assertEqual(shares[0], 1)
        for before, after in zip(shares, shares[1:]):
            self.assertAlmostEqual(after / before, 0.9, delta=0.01)
        self.assertEqual(document["kept_step"], len(shares) - 2)
        self.assertEqual(document["kept_weights_share"], shares[-2])
        record = read_json(self.out / "search.json")
        self.assertEqual(record, document)
        self.assertLess(self.mask.stat().st_size * 8, document["prunable_weights"] * 1.5 + 8 * 8000)
        for name in ("weight_survival.svg", "weight_survival.csv", "run.json"):
            self.assertTrue((self.out / name).exists(), name)
        again = self.folder / "again"
        result = lottery("mask", "magnitude", *self.input, "--out", again, "--mode", "published", *SHORT)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual((again / self.mask.name).read_bytes(), self.mask.read_bytes())
        self.check_one_line(lottery("mask", "magnitude", *self.input, "--out", self.out, *SHORT), "finished mask search")

    def test_options(self):
        out = self.folder / "options"
        result = lottery("mask", "magnitude", *self.input, "--out", out, "--split", "dev", "--amount", "0.3", "--max-steps", "2",
                         "--mlp-output-bias", "pruned", "--batch-size", "5", "--threshold", "0.01", "--json", *SHORT)
        self.assertEqual(result.returncode, 0, result.stderr)
        document = json.loads(result.stdout)
        self.assertEqual(len(document["steps"]), 3)
        self.assertAlmostEqual(document["kept_weights_share"], 0.7, delta=0.01)
        self.assertGreater(document["prunable_weights"], json.loads(self.search.stdout)["prunable_weights"])
        self.assertEqual(read_json(out / "run.json")["inputs"]["options"]["batch_size"], 5)

    def test_search_on_train(self):
        out = self.folder / "train"
        result = lottery("mask", "magnitude", *self.input, "--out", out, "--mode", "published", "--split", "train", "--json", *SHORT)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("fine-tuned on", result.stderr)
        document = json.loads(result.stdout)
        scored = lottery("evaluate", *self.input, "--weight-mask", out / "weight_mask.safetensors", "--json", *SHORT)
        self.assertAlmostEqual(json.loads(scored.stdout)["metrics"]["acc"], document["dev_score"], places=9)
        whole = lottery("evaluate", *self.input, "--json", *SHORT)
        self.assertAlmostEqual(json.loads(whole.stdout)["metrics"]["acc"], document["dev_full_score"], places=9)

    def test_evaluate(self):
        document = json.loads(self.search.stdout)
        result = lottery("evaluate", *self.input, "--weight-mask", self.mask, "--json", *SHORT)
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.assertAlmostEqual(report["metrics"]["acc"], document["score"], places=9)
        self.assertAlmostEqual(report["parameters_kept_share"], document["parameters_kept_share"], places=9)
        self.assertLess(report["parameters_kept_share"], 1)

    def test_finetune(self):
        out = self.folder / "retrained"
        arguments = ["finetune", *self.input, "--weight-mask", self.mask, "--weight-decay", "0.1", "--learning-rate", "0.01", "--batch-size", "16", "--epochs", "2", *SHORT]
        result = lottery(*arguments, "--out", out, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertGreater(self.check_zeros(out, self.mask), 100)
        self.assertEqual(len(read_json(out / "run.json")["inputs"]["weight_mask_sha256"]), 64)
        half = self.folder / "retrained_bf16"
        self.assertEqual(lottery(*arguments, "--out", half, "--precision", "bf16").returncode, 0)
        self.check_zeros(half, self.mask)
        # Another mask is another run.
        other = self.folder / "other"
        self.assertEqual(lottery("mask", "magnitude", *self.input, "--out", other, "--mode", "published", "--threshold", "0.5",
                                 "--amount", "0.2", *SHORT).returncode, 0)
        arguments[arguments.index(self.mask)] = other / "weight_mask.safetensors"
        self.check_one_line(lottery(*arguments, "--out", out, "--resume"), "other options")

    def test_analyze(self):
        result = lottery("analyze", "weights", "--weight-mask", self.mask, "--checkpoint", self.model, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        config = read_json(self.model / "config.json")
        self.assertEqual(len(report["heads"]), config["num_hidden_layers"])
        self.assertEqual(len(report["heads"][0]), config["num_attention_heads"])
        self.assertEqual(len(report["mlps"]), config["num_hidden_layers"])
        self.assertEqual(report["kept_weights_share"], json.loads(self.search.stdout)["kept_weights_share"])
        # Heads and MLPs share all weights among them.
        hidden, heads = config["hidden_size"], config["num_attention_heads"]
        head = 4 * hidden * hidden // heads + 4 * hidden // heads
        mlp = 2 * hidden * config["intermediate_size"] + config["intermediate_size"]
        kept = sum(map(sum, report["heads"])) * head + sum(report["mlps"]) * mlp
        self.assertAlmostEqual(kept, report["kept_weights"], delta=0.1)
        figure = self.folder / "figure"
        text = lottery("analyze", "weights", "--weight-mask", self.mask, "--checkpoint", self.model, "--out", figure)
        self.assertIn("weights survive", text.stdout)
        self.assertIn("<svg", (figure / "weight_survival.svg").read_text())

    def test_controls(self):
        good = json.loads(self.search.stdout)
        for kind in ["random", "bad"]:
            with self.subTest(kind):
                out = self.folder / f"{kind}_control"
                arguments = ["subnetwork", kind, "--weight-mask", self.mask, "--checkpoint", self.model]
                made = lottery(*arguments, "--out", out, "--seed", "7", "--json")
                self.assertEqual(made.returncode, 0, made.stderr)
                report = json.loads(made.stdout)
                self.assertEqual(report["kept_weights"], good["kept_weights"])
                self.assertGreaterEqual(report["overlap_weights"], 0)
                self.assertLess(report["overlap_weights"], report["kept_weights"])
                self.assertTrue((out / "weight_survival.csv").exists())
                # Each has a mask of its own, of the good one's size, which evaluate takes.
                self.assertNotEqual(weights(out / "weight_mask.safetensors")[0], weights(self.mask)[0])
                result = lottery("evaluate", *self.input, "--weight-mask", out / "weight_mask.safetensors", "--json", *SHORT)
                self.assertEqual(result.returncode, 0, result.stderr)
                shown = lottery(*arguments, "--out", self.folder / f"{kind}_again", "--seed", "7")
                self.assertIn(f"{kind} mask: {report['kept_weights']} of ", shown.stdout)
                self.check_one_line(lottery(*arguments, "--out", out), str(out))
        for wrong in [["subnetwork", "random", "--out", self.folder / "x"],
                      ["subnetwork", "bad", "--weight-mask", self.mask, "--out", self.folder / "x"],
                      ["subnetwork", "invert", "--weight-mask", self.mask, "--out", self.folder / "x"],
                      ["subnetwork", "bad", "--weight-mask", self.mask, "--checkpoint", self.model, "--head-mask", "h.npy",
                       "--out", self.folder / "x"]]:
            self.assertEqual(lottery(*wrong).returncode, 2, wrong)
            self.assertFalse((self.folder / "x").exists())

    def test_bad_masks(self):
        torn = self.folder / "torn.safetensors"
        torn.write_bytes(self.mask.read_bytes()[:-3])
        cases = ((torn, "truncated"), (self.model / "model.safetensors", "holds no weight masks"),
                 (self.folder / "missing.safetensors", "no such file"), (self.model / "vocab.txt", "vocab.txt"))
        for file, said in cases:
            with self.subTest(file=file.name):
                never = self.folder / "never"
                self.check_one_line(lottery("evaluate", *self.input, "--weight-mask", file, *SHORT), file.name, said)
                self.check_one_line(lottery("finetune", *self.input, "--weight-mask", file, "--out", never, *SHORT), file.name, said)
                self.assertFalse(never.exists())
                result = lottery("analyze", "weights", "--weight-mask", file, "--checkpoint", self.model)
                self.check_one_line(result, file.name)
        other = ["--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", self.data, "--max-seq-length", "16"]
        self.check_one_line(lottery("evaluate", *other, "--weight-mask", self.mask), self.mask.name, "shape", "the model's is")

    def test_bad_values(self):
        for option, value in (("--amount", "0"), ("--threshold", "1.5"), ("--max-steps", "0"), ("--batch-size", "0"),
                              ("--device", "tpu")):
            with self.subTest(option=option):
                out = self.folder / "never"
                self.check_one_line(lottery("mask", "magnitude", *self.input, "--out", out, *SHORT, option, value), option.lstrip("-"))
                self.assertFalse(out.exists())
        for arguments in (["--mlp-output-bias", "both"], ["--mode", "sloppy"]):
            self.assertEqual(lottery("mask", "magnitude", *self.input, "--out", self.folder / "never", *arguments).returncode, 2)
        self.assertEqual(lottery("analyze").returncode, 2)
        self.assertEqual(lottery("analyze", "weights").returncode, 2)

    def test_score_at_chance_is_refused_in_rigorous_mode(self):
        folder = self.folder / "glue" / "WNLI"
        folder.mkdir(exist_ok=True)
        rows = "".join(f"{i}\tba\tda\t{i % 2}\n" for i in range(10))
        for name in ("train", "dev"):
            (folder / f"{name}.tsv").write_text("index\tsentence1\tsentence2\tlabel\n" + rows)
        out = self.folder / "refused"
        result = lottery("mask", "magnitude", "--checkpoint", CHECKPOINT, "--task", "WNLI", "--data", self.folder / "glue", "--split",
                         "dev", "--out", out, "--max-seq-length", "16")
        self.check_one_line(result, "chance", "--mode published")
        self.assertFalse(out.exists())

    def test_help(self):
        for arguments in (["mask", "magnitude"], ["analyze", "weights"]):
            result = lottery(*arguments, "--help")
            self.assertEqual(result.returncode, 0)
            for option in ("--device", "--threads", "--quiet", "--json"):
                self.assertIn(option, result.stdout)


if __name__ == "__main__":
    unittest.main()
