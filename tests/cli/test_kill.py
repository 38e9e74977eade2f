# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed or cancelled loses at most the steps since its last resume point, and goes on to the same bytes."""

import json
import pathlib
import random
import shutil
import signal
import tempfile
import time
import unittest

from command_line import CHECKPOINT, lottery, start, write_mrpc


class Kill(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        data = write_mrpc(self.folder / "glue", train=480, dev=32)
        self.arguments = ["finetune", "--checkpoint", CHECKPOINT, "--task", "MRPC", "--data", data, "--epochs", "2", "--batch-size", "4",
                          "--save-steps", "10", "--max-seq-length", "16", "--threads", "1", "--json"]

    def tearDown(self):
        shutil.rmtree(self.folder)

    def whole(self):
        out = self.folder / "whole"
        begin = time.monotonic()
        result = lottery(*self.arguments, "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        return out, time.monotonic() - begin

    def interrupt(self, out, number, after):
        """Stops the run after so many seconds; returns its exit code."""
        resume = ["--resume"] if (out / "resume.safetensors").exists() else []
        run = start(*self.arguments, "--out", out, *resume)
        time.sleep(after)
        run.send_signal(number)
        run.communicate()
        return run.returncode

    def check_same(self, whole, out):
        for name in ("model.safetensors", "training.json", "config.json", "vocab.txt"):
            self.assertEqual((whole / name).read_bytes(), (out / name).read_bytes(), name)
        self.assertFalse(list(out.glob("*.part-*")) and not (out / "run.json").exists())

    def test_killed_at_random_moments(self):
        whole, seconds = self.whole()
        draw = random.Random(7)
        out = self.folder / "killed"
        kills = 0
        for _ in range(6):
            if self.interrupt(out, signal.SIGKILL, draw.uniform(0.2, 0.9) * seconds) == -signal.SIGKILL:
                kills += 1
            if (out / "run.json").exists():
                break
        self.assertGreater(kills, 0)
        if not (out / "run.json").exists():
            result = lottery(*self.arguments, "--out", out, "--resume")
            self.assertEqual(result.returncode, 0, result.stderr)
        self.check_same(whole, out)

    def test_cancelled(self):
        whole, seconds = self.whole()
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                out = self.folder / f"cancelled_{number}"
                run = start(*self.arguments, "--out", out)
                while not (out / "resume.safetensors").exists():
                    time.sleep(0.01)
                    self.assertIsNone(run.poll(), "finished before it could be cancelled")
                run.send_signal(number)
                stdout, stderr = run.communicate()
                self.assertEqual(run.returncode, 130, stderr)
                self.assertEqual(stdout, "")
                self.assertIn("--resume", stderr)
                again = lottery(*self.arguments, "--out", out)
                self.assertEqual(again.returncode, 1)
                self.assertIn("interrupted run", again.stderr)
                result = lottery(*self.arguments, "--out", out, "--resume")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.check_same(whole, out)
                # Finished: resuming again reports the same and touches nothing.
                report = lottery(*self.arguments, "--out", out, "--resume")
                self.assertEqual(json.loads(report.stdout), json.loads(result.stdout))


if __name__ == "__main__":
    unittest.main()
