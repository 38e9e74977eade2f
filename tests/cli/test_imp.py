# SPDX-License-Identifier: GPL-3.0-or-later
"""`lottery mask imp` from the terminal: what it prints and writes, the ticket's use, interruption, what is refused."""

import json
import pathlib
import shutil
import signal
import tempfile
import time
import unittest

from command_line import CHECKPOINT, lottery, read_json, start, write_mrpc


class Imp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.data = write_mrpc(cls.folder / "glue", train=160, dev=32)
        cls.input = ["--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", cls.data]
        cls.training = ["--epochs", "2", "--batch-size", "4", "--max-seq-length", "16", "--learning-rate", "1e-3",
                        "--save-steps", "10", "--threads", "1"]
        cls.out = cls.folder / "imp"
        begin = time.monotonic()
        cls.result = lottery("mask", "imp", *cls.input, *cls.training, "--target-sparsity", "0.5", "--amount", "0.3",
                             "--out", cls.out, "--json")
        cls.seconds = time.monotonic() - begin

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def refused(self, said, *arguments, code=1):
        result = lottery("mask", "imp", *arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertIn(said, result.stderr)

    def test_rounds(self):
        self.assertEqual(self.result.returncode, 0, self.result.stderr)
        document = json.loads(self.result.stdout)
        self.assertEqual(document, read_json(self.out / "search.json"))
        rounds = document["rounds"]
        self.assertEqual([round["index"] for round in rounds], [0, 1, 2])
        for found, expected in zip(rounds, (0, 0.3, 0.5)):
            self.assertAlmostEqual(found["sparsity"], expected, delta=0.001)
        self.assertEqual(document["kept_weights"], rounds[-1]["kept_weights"])
        self.assertEqual(document["score"], rounds[-1]["metrics"]["acc"])
        self.assertAlmostEqual(document["seconds"], sum(round["seconds"] for round in rounds))
        self.assertEqual(read_json(self.out / "run.json")["command"], "mask imp")
        self.assertIn("round 1: 30.0% of the weights pruned", self.result.stderr)
        # The last round's model scores what it was recorded with, and its pruned weights count as gone.
        mask = self.out / "weight_mask.safetensors"
        scored = lottery("evaluate", "--checkpoint", self.out / "rounds" / "2", "--task", "MRPC", "--data", self.data,
                         "--weight-mask", mask, "--max-seq-length", "16", "--json")
        self.assertEqual(scored.returncode, 0, scored.stderr)
        report = json.loads(scored.stdout)
        self.assertAlmostEqual(report["metrics"]["acc"], document["score"])
        self.assertAlmostEqual(report["parameters_kept_share"], document["parameters_kept_share"])

    def test_number_of_rounds(self):
        out = self.folder / "once"
        result = lottery("mask", "imp", *self.input, *self.training, "--rounds", "1", "--amount", "0.5", "--rewind-step",
                         "3", "--mlp-output-bias", "left", "--keep-models", "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"(?m)^1 +50\.0%")
        self.assertTrue((out / "rounds" / "0" / "model.safetensors").exists())
        self.assertTrue((out / "rewind.safetensors").exists())
        record = read_json(out / "search.json")
        self.assertEqual((record["rewind_step"], record["mlp_output_bias"]), (3, "left"))
        self.assertLess(record["prunable_weights"], read_json(self.out / "search.json")["prunable_weights"])

    def test_interrupted(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
            with self.subTest(signal=number):
                out = self.folder / f"interrupted_{number}"
                arguments = ["mask", "imp", *self.input, *self.training, "--target-sparsity", "0.5", "--amount", "0.3", "--out", out]
                run = start(*arguments)
                while not (out / "rounds" / "1" / "resume.safetensors").exists():
                    time.sleep(0.005)
                    self.assertIsNone(run.poll(), "finished before it could be interrupted")
                run.send_signal(number)
                _, stderr = run.communicate()
                self.assertEqual(run.returncode, code, stderr)
                if code == 130:
                    self.assertIn("--resume", stderr)
                self.refused("interrupted run", *arguments[2:])
                result = lottery(*arguments, "--resume", "--json")
                self.assertEqual(result.returncode, 0, result.stderr)
                for name in ("weight_mask.safetensors", "ticket/model.safetensors", "rounds/2/model.safetensors"):
                    self.assertEqual((out / name).read_bytes(), (self.out / name).read_bytes(), name)

    def test_refused(self):
        never = ["--max-seq-length", "16", "--out", self.folder / "never"]
        self.refused("say where to end", *self.input, *never)
        self.refused("--target-sparsity", *self.input, *never, "--target-sparsity", "1")
        self.refused("--amount", *self.input, *never, "--rounds", "2", "--amount", "0")
        self.refused("--epochs", *self.input, *never, "--rounds", "2", "--epochs", "0")
        self.refused("no such folder", *self.input[:-1], self.folder / "nowhere", *never, "--rounds", "2")
        self.refused("--rounds", *self.input, *never, "--rounds", "two", code=2)
        self.assertFalse((self.folder / "never").exists())
        self.refused("finished run", *self.input, *self.training, "--target-sparsity", "0.5", "--out", self.out)
        self.refused("own folder", *self.input, *never[:2], "--rounds", "2", "--out", CHECKPOINT)


if __name__ == "__main__":
    unittest.main()
