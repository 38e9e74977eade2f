# SPDX-License-Identifier: GPL-3.0-or-later
"""What the terminal promises (interfaces.md): exit codes, one JSON document on stdout, errors of one line."""

import json
import pathlib
import shutil
import tempfile
import unittest

from command_line import CHECKPOINT, ROOT, lottery, read_json, write_mrpc

FAST = ["--epochs", "1", "--batch-size", "16", "--threads", "1", "--max-seq-length", "16"]


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.data = write_mrpc(cls.folder / "glue")
        cls.input = ["--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", cls.data]
        cls.model = cls.folder / "model"
        cls.finetuned = lottery("finetune", *cls.input, "--out", cls.model, "--json", "--learning-rate", "0.01", *FAST[2:], "--epochs", "3")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def check_failure(self, result, code, *said):
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        for text in said:
            self.assertIn(text, result.stderr)

    def check_one_line(self, result, *said):
        self.check_failure(result, 1, *said)
        lines = [line for line in result.stderr.splitlines() if line.startswith("lottery: ")]
        self.assertEqual(len(lines), 1, result.stderr)

    def test_finetune(self):
        self.assertEqual(self.finetuned.returncode, 0, self.finetuned.stderr)
        report = json.loads(self.finetuned.stdout)
        self.assertEqual(report["task"], "MRPC")
        self.assertEqual(report["steps"], 18)
        self.assertEqual(report["examples"], 3 * 96)
        self.assertEqual(set(report["metrics"]), {"acc", "f1", "acc_and_f1"})
        self.assertIn("metrics_before", report)
        self.assertGreater(report["examples_per_second"], 0)
        for name in ("config.json", "model.safetensors", "vocab.txt", "run.json", "training.json"):
            self.assertTrue((self.model / name).exists(), name)
        self.assertFalse((self.model / "resume.safetensors").exists())
        run = read_json(self.model / "run.json")
        self.assertEqual(run["inputs"]["options"]["epochs"], 3)
        self.assertEqual(len(run["inputs"]["data_sha256"]["train.tsv"]), 64)
        self.assertEqual(run["result"], report)

    def test_finetune_is_deterministic(self):
        outs = [self.folder / f"same_{i}" for i in range(2)]
        for out in outs:
            self.assertEqual(lottery("finetune", *self.input, "--out", out, *FAST).returncode, 0)
        for name in ("model.safetensors", "training.json", "config.json"):
            self.assertEqual((outs[0] / name).read_bytes(), (outs[1] / name).read_bytes(), name)

    def test_finished_run_is_not_overwritten(self):
        before = (self.model / "model.safetensors").read_bytes()
        self.check_one_line(lottery("finetune", *self.input, "--out", self.model, *FAST), "already holds a finished run")
        self.check_one_line(lottery("finetune", *self.input, "--out", self.model, "--resume", *FAST), "other options")
        self.assertEqual((self.model / "model.safetensors").read_bytes(), before)

    def test_evaluate(self):
        predictions = self.folder / "predictions.tsv"
        result = lottery("evaluate", "--checkpoint", self.model, "--task", "mrpc", "--data", self.data / "MRPC", "--json",
                         "--predictions", predictions, "--max-seq-length", "16")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        for name, value in json.loads(self.finetuned.stdout)["metrics"].items():
            self.assertAlmostEqual(report["metrics"][name], value, places=9)
        self.assertAlmostEqual(sum(report["predicted_share"].values()), 1)
        self.assertEqual(report["parameters_kept_share"], 1)
        rows = predictions.read_text().splitlines()
        self.assertEqual(len(rows), 33)
        right = sum(row.split("\t")[2] == row.split("\t")[3] for row in rows[1:])
        self.assertAlmostEqual(right / 32, report["metrics"]["acc"])

    def test_mask(self):
        out = self.folder / "masks"
        arguments = ["mask", "heads-mlps", "--checkpoint", self.model, "--task", "MRPC", "--data", self.data, "--mode", "published",
                     "--max-seq-length", "16", "--threads", "1"]
        result = lottery(*arguments, "--out", out, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        document = json.loads(result.stdout)
        self.assertEqual((document["kind"], document["mode"], document["metric"]), ("heads-mlps", "published", "acc"))
        self.assertEqual(document["steps"][0]["phase"], "full")
        self.assertGreaterEqual(document["score"], document["threshold"])
        record = read_json(out / "search.json")
        self.assertEqual(record["steps"], document["steps"])
        for step in document["steps"]:
            for stem in ("head_mask", "mlp_mask", "head_importance", "mlp_importance"):
                self.assertTrue((out / f"{stem}_{step['index']}.npy").exists())
        # The masks score what the search says, applied either way of leaving components out while a head is left.
        masked = lottery("evaluate", "--checkpoint", self.model, "--task", "MRPC", "--data", self.data, "--json", "--removal", "multiply",
                         "--head-mask", out / "head_mask.npy", "--mlp-mask", out / "mlp_mask.npy", "--max-seq-length", "16")
        self.assertAlmostEqual(json.loads(masked.stdout)["metrics"]["acc"], document["score"], places=9)
        self.assertAlmostEqual(json.loads(masked.stdout)["parameters_kept_share"], document["kept_weights_share"], places=12)
        self.assertEqual(record["kept_weights_share"], document["kept_weights_share"])
        # Again: the same arrays.
        again = self.folder / "masks_again"
        self.assertEqual(lottery(*arguments, "--out", again).returncode, 0)
        for file in sorted(out.glob("*.npy")):
            self.assertEqual(file.read_bytes(), (again / file.name).read_bytes(), file.name)
        self.check_one_line(lottery(*arguments, "--out", out), "already holds a finished mask search")

    def test_mask_on_held_out_examples(self):
        model = self.folder / "held_out"
        self.assertEqual(lottery("finetune", *self.input, "--out", model, "--hold-out", "24", "--learning-rate", "0.01", *FAST[2:],
                                 "--epochs", "4").returncode, 0)
        result = lottery("mask", "heads", "--checkpoint", model, "--task", "MRPC", "--data", self.data, "--out", self.folder / "train_masks",
                         "--mode", "published", "--split", "train", "--max-seq-length", "16", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn("fine-tuned on", result.stderr)
        document = json.loads(result.stdout)
        self.assertEqual(document["split"], "train")
        self.assertIsNotNone(document["dev_score"])
        self.assertEqual(read_json(self.folder / "train_masks" / "run.json")["searched_on"]["examples"], 24)
        seen = lottery("mask", "heads", "--checkpoint", self.model, "--task", "MRPC", "--data", self.data, "--out", self.folder / "seen",
                       "--mode", "published", "--split", "train", "--max-seq-length", "16")
        self.assertIn("fine-tuned on", seen.stderr)

    def test_bench(self):
        result = lottery("bench", "--layers", "1", "--heads", "2", "--hidden", "16", "--examples", "8", "--seconds", "0.01", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual(set(report), {"machine", "threads", "libtorch", "rows"})
        names = {row["name"] for row in report["rows"]}
        self.assertTrue({"matrix product", "evaluation", "importance pass", "training step"} <= names)
        self.assertLessEqual(max(row["share_of_gemm_peak"] or 0 for row in report["rows"]), 1)

    def test_wrong_usage(self):
        for arguments in ([], ["nonsense"], ["finetune"], ["mask"], ["mask", "magnets"],
                          ["evaluate", *self.input, "--nonsense"], ["evaluate", *self.input, "--removal", "sideways"],
                          ["evaluate", "--checkpoint", CHECKPOINT, "--task", "SQuAD", "--data", self.data]):
            with self.subTest(arguments=arguments):
                self.check_failure(lottery(*arguments), 2, "lottery: ")

    def test_help(self):
        for arguments in ([], ["finetune"], ["evaluate"], ["mask"], ["mask", "heads-mlps"], ["remove"], ["bench"], ["demo"]):
            with self.subTest(arguments=arguments):
                result = lottery(*arguments, "--help")
                self.assertEqual(result.returncode, 0)
                self.assertEqual(result.stderr, "")
                if arguments and arguments != ["mask"]:
                    for option in ("--device", "--threads", "--quiet", "--json"):
                        self.assertIn(option, result.stdout)

    def test_bad_values(self):
        for option, value in (("--epochs", "0"), ("--batch-size", "0"), ("--learning-rate", "-1"), ("--dropout", "1"),
                              ("--max-seq-length", "100"), ("--threads", "-2"), ("--device", "tpu"), ("--hold-out", "96")):
            with self.subTest(option=option):
                out = self.folder / "never"
                short = [] if option == "--max-seq-length" else ["--max-seq-length", "16"]
                self.check_one_line(lottery("finetune", *self.input, "--out", out, *short, option, value), option.lstrip("-"))
                self.assertFalse(out.exists())

    def test_bad_folders(self):
        missing = self.folder / "missing"
        empty = self.folder / "empty"
        empty.mkdir()
        for option, folder, said in (("--checkpoint", missing, "missing"), ("--checkpoint", empty, "config.json"),
                                     ("--data", missing, "missing"), ("--data", empty, "MRPC")):
            with self.subTest(option=option, folder=folder):
                arguments = [str(a) for a in self.input]
                arguments[arguments.index(option) + 1] = str(folder)
                self.check_one_line(lottery("evaluate", *arguments, "--max-seq-length", "16"), said)

    def test_bad_data(self):
        for name, text, said in (("label", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n7\t1\t2\tba\tda\n", "dev.tsv:2"),
                                 ("column", "Quality\t#1 ID\n1\t2\n", "dev.tsv:1"), ("empty", "", "dev.tsv")):
            with self.subTest(name=name):
                data = self.folder / f"bad_{name}"
                shutil.copytree(self.data, data)
                (data / "MRPC" / "dev.tsv").write_text(text)
                self.check_one_line(lottery("evaluate", "--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", data,
                                            "--max-seq-length", "16"), said)

    def test_bad_checkpoint(self):
        for name, damage, said in (
                ("truncated", lambda f: (f / "model.safetensors").write_bytes((f / "model.safetensors").read_bytes()[:2000]), "model.safetensors"),
                ("no weights", lambda f: (f / "model.safetensors").unlink(), "model.safetensors"),
                ("config", lambda f: (f / "config.json").write_text("{"), "config.json"),
                ("vocabulary", lambda f: (f / "vocab.txt").write_text("ba\n"), "vocab.txt")):
            with self.subTest(name=name):
                checkpoint = self.folder / f"bad {name}"
                shutil.copytree(CHECKPOINT, checkpoint)
                damage(checkpoint)
                self.check_one_line(lottery("evaluate", "--checkpoint", checkpoint, "--task", "MRPC", "--data", self.data,
                                            "--max-seq-length", "16"), said)

    def test_bad_mask(self):
        wrong = self.folder / "wrong.npy"
        header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3), }"
        header += b" " * (64 - (10 + len(header) + 1) % 64) + b"\n"
        wrong.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0\0\x80?" * 9)
        self.check_one_line(lottery("evaluate", *self.input, "--head-mask", wrong, "--max-seq-length", "16"), "wrong.npy", "2 × 2")

    def test_score_at_chance_is_refused_in_rigorous_mode(self):
        # An untrained classifier on data whose classes are balanced predicts one class.
        untrained = self.folder / "untrained"
        shutil.copytree(CHECKPOINT, untrained)
        result = lottery("mask", "heads", "--checkpoint", untrained, "--task", "WNLI", "--data", self.write_wnli(), "--split", "dev",
                         "--out", self.folder / "refused", "--max-seq-length", "16")
        self.check_one_line(result, "chance", "--mode published")

    def write_wnli(self):
        folder = self.folder / "glue" / "WNLI"
        folder.mkdir(exist_ok=True)
        rows = "".join(f"{i}\tba\tda\t{i % 2}\n" for i in range(10))
        for name in ("train", "dev"):
            (folder / f"{name}.tsv").write_text("index\tsentence1\tsentence2\tlabel\n" + rows)
        return self.folder / "glue"

    def test_unwritable_out(self):
        blocked = self.folder / "a file"
        blocked.write_text("")
        self.check_one_line(lottery("finetune", *self.input, "--out", blocked, *FAST), "a file")

    def test_quiet(self):
        result = lottery("evaluate", "--checkpoint", self.model, "--task", "MRPC", "--data", self.data, "--quiet", "--max-seq-length", "16")
        self.assertEqual(result.stderr, "")
        self.assertIn("acc", result.stdout)


if __name__ == "__main__":
    unittest.main()
