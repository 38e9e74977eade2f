# SPDX-License-Identifier: GPL-3.0-or-later
"""A study from its plan; killed at random moments it loses little, and comes to the bytes of an undisturbed run."""

import json
import os
import pathlib
import random
import re
import shutil
import signal
import tempfile
import time
import unittest

from command_line import lottery, read_json, start

# More with LOTTERY_KILLS, for a long look.
KILLS = int(os.environ.get("LOTTERY_KILLS", "6"))
TIMES = {"seconds", "selection_seconds", "start", "end", "energy_joules", "energy_source", "peak_memory_bytes",
         "examples_per_second", "evaluated", "unchanged"}


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key not in TIMES}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def files_of(study):
    """What a study wrote: the bytes, without the times in records. Paths are relative, so two studies compare."""
    files = {}
    for path in sorted(study.rglob("*")):
        name = str(path.relative_to(study))
        if path.is_file() and not name.startswith(".study"):
            files[name] = without_times(read_json(path)) if path.suffix == ".json" else path.read_bytes()
    return files


class Study(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())

    def tearDown(self):
        shutil.rmtree(self.folder)

    def new(self, place, *options, mode="published"):
        """A small demo study in <place>/study."""
        (self.folder / place).mkdir()
        result = self.lottery(place, "new", "--preset", "demo", "--mode", mode, "--tasks", "RTE", "--seeds", "7",
                              "--settings", "heads_mlps,heads_mlps_bad_1,global", "--epochs", "1", "--limit-train", "128",
                              "--limit-dev", "40", "--save-steps", "1", "--threads", "1", "--device", "cpu", *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.folder / place / "study"

    def lottery(self, place, command, *arguments):
        return lottery("study", command, "study", *arguments, cwd=self.folder / place)

    def test_from_plan_to_figures(self):
        study = self.new("whole")
        status = json.loads(self.lottery("whole", "status", "--json").stdout)
        self.assertEqual(status["counts"]["missing"], 1)  # all else waits for the model
        self.assertEqual(status["jobs"][0]["id"], "models/finetuned/RTE/seed_7")

        run = self.lottery("whole", "run", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        report = json.loads(run.stdout)
        self.assertEqual((report["jobs"], report["done"], report["failures"]), (9, 9, []))
        self.assertTrue((study / "figures" / "results.svg").exists())

        again = self.lottery("whole", "resume")
        self.assertEqual(again.returncode, 0)
        self.assertIn("0 done, 9 done before", again.stdout)
        text = self.lottery("whole", "status").stdout
        self.assertIn("9 jobs: 9 done", text)
        self.assertIn("retrain heads_mlps_bad_1 RTE, seed 7", text)

        # The report of it, beside what somebody else has published.
        published = self.folder / "published" / "evaluate_masked" / "no_mask" / "baseline"
        published.mkdir(parents=True)
        (published / "results.json").write_text(json.dumps({"RTE": {"acc": [0.25, 0.01]}}))
        told = self.lottery("whole", "report", "--published", self.folder / "published")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("written to study/report.html", told.stdout)
        self.assertIn("the study is complete", told.stdout)
        page = (study / "report.html").read_text()
        for part in ("Complete: all 9 jobs are done.", "0.250 ± 0.01", "data:image/svg+xml;base64,", "training.epochs",
                     'href="models/finetuned/RTE/seed_7/run.json"'):
            self.assertIn(part, page)
        missing = self.lottery("whole", "report", "--published", "nowhere", "--json")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("nowhere", missing.stderr)

        # What is done again is named, with the reason.
        plan = read_json(study / "study.json")
        plan["search"]["threshold"] = 0.8
        (study / "study.json").write_text(json.dumps(plan))
        changed = self.lottery("whole", "run")
        self.assertEqual(changed.returncode, 0, changed.stderr)
        self.assertIn("search heads_mlps RTE, seed 7, again: options/threshold: 0.9 before, 0.8 now", changed.stderr)

    def test_data_that_are_not_there_yet(self):
        (self.folder / "glue" / "RTE").mkdir(parents=True)
        checkpoint = self.new("other") / "checkpoint"
        (self.folder / "paper").mkdir()
        begun = self.lottery("paper", "new", "--preset", "paper", "--checkpoint", checkpoint, "--data", self.new("data") / "glue")
        self.assertEqual(begun.returncode, 0, begun.stderr)
        self.assertIn("the plan is written", begun.stderr)
        rows = [{"name": "evaluation", "tokens_per_second": 4e5}, {"name": "training step", "tokens_per_second": 1e5}]
        (self.folder / "gpu.json").write_text(json.dumps({"machine": "a GPU", "rows": rows}))
        told = self.lottery("paper", "estimate", "--bench", self.folder / "gpu.json")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("No data of CoLA, MRPC, QQP, MNLI, QNLI, WNLI", told.stdout)
        self.assertEqual(self.lottery("paper", "run").returncode, 1)

    def test_estimate(self):
        study = self.new("estimated")
        self.assertIsNone(json.loads(self.lottery("estimated", "status", "--json").stdout)["seconds_left"])
        rows = [{"name": "evaluation", "tokens_per_second": 4e5}, {"name": "training step", "tokens_per_second": 1e5}]
        (self.folder / "gpu.json").write_text(json.dumps({"machine": "a GPU", "rows": rows}))
        elsewhere = self.lottery("estimated", "estimate", "--bench", self.folder / "gpu.json", "--json")
        self.assertEqual(elsewhere.returncode, 0, elsewhere.stderr)
        gpu = json.loads(elsewhere.stdout)
        self.assertEqual(gpu["machine"], "a GPU")
        self.assertEqual(sum(kind["jobs"] for kind in gpu["kinds"]), 9)
        self.assertAlmostEqual(sum(kind["seconds"] for kind in gpu["kinds"]), gpu["seconds"])
        here = self.lottery("estimated", "estimate")
        self.assertEqual(here.returncode, 0, here.stderr)
        self.assertRegex(here.stdout, r"(?s)On .*, \d+ tokens/s in training and \d+ in evaluation:.*fine-tune +1 jobs")
        self.assertGreater(json.loads(self.lottery("estimated", "status", "--json").stdout)["seconds_left"], 0)
        self.assertFalse((study / "models").exists())

    def test_killed_at_random_moments(self):
        begin = time.monotonic()
        whole = self.new("undisturbed")
        self.assertEqual(self.lottery("undisturbed", "run").returncode, 0)
        seconds = time.monotonic() - begin
        killed = self.new("killed")
        draw = random.Random(11)
        kills = 0
        for _ in range(40 * KILLS):
            run = start("study", "run", "study", cwd=self.folder / "killed")
            time.sleep(draw.uniform(0.05, 2.0 / KILLS + 0.3) * seconds)
            run.send_signal(signal.SIGKILL)
            stdout, stderr = run.communicate()
            if run.returncode != -signal.SIGKILL:
                self.assertEqual(run.returncode, 0, stderr)
                # Whole before there were kills enough: a part of it is lost, and made again.
                if kills >= KILLS:
                    break
                shutil.rmtree(killed / draw.choice(["models", "masks", "evaluate_masked", "figures"]))
                continue
            kills += 1
            if kills >= KILLS:
                break
        self.assertGreaterEqual(kills, KILLS)
        result = self.lottery("killed", "resume")
        self.assertEqual(result.returncode, 0, result.stderr)
        expected, found = files_of(whole), files_of(killed)
        self.assertEqual(sorted(expected), sorted(found))
        for name, content in expected.items():
            self.assertEqual(content, found[name], name)

    def test_cancelled(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                place = f"cancelled_{number}"
                study = self.new(place)
                run = start("study", "run", "study", cwd=self.folder / place)
                while not list(study.glob("models/*/*/*/resume.safetensors")):
                    time.sleep(0.01)
                    self.assertIsNone(run.poll(), "finished before it could be cancelled")
                run.send_signal(number)
                stdout, stderr = run.communicate()
                self.assertEqual(run.returncode, 130, stderr)
                self.assertIn("lottery study resume study", stderr)
                self.assertIn("interrupted", self.lottery(place, "status").stdout)
                self.assertEqual(self.lottery(place, "resume").returncode, 0)

    def test_a_failure_is_told_and_others_go_on(self):
        study = self.new("failing", "--learning-rate", "1e-9", mode="rigorous")
        run = self.lottery("failing", "run")
        self.assertEqual(run.returncode, 1)
        self.assertIn("search heads_mlps RTE, seed 7", run.stderr)
        self.assertIn("chance", run.stderr)
        self.assertIn("failed", run.stdout)
        self.assertTrue((study / "models" / "finetuned" / "RTE" / "seed_7" / "run.json").exists())
        status = self.lottery("failing", "status").stdout
        self.assertRegex(status, r"search global RTE, seed 7 +failed .*chance")

    def test_what_is_wrong_is_named(self):
        study = self.new("wrong")
        cases = {
            "no such study": (["status", self.folder / "nowhere"], "no study.json in this folder"),
            "a second one": (["new", study, "--preset", "demo"], "already holds a study"),
            "no checkpoint": (["new", self.folder / "a"], "checkpoint: is empty"),
            "nowhere": (["new", self.folder / "b", "--checkpoint", self.folder / "x", "--data", self.folder], "no such folder"),
            "half a setting": (["new", self.folder / "c", "--preset", "demo", "--settings", "global_bad"], "made from global"),
            "no such job": (["run", study, "--only", "models/x"], "is no job of this study"),
        }
        for name, (arguments, message) in cases.items():
            with self.subTest(name):
                result = lottery("study", *arguments)
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertIn(message, result.stderr)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        plan = study / "study.json"
        plan.write_text(re.sub(r'"epochs"', '"epoch"', plan.read_text()))
        result = self.lottery("wrong", "run")
        self.assertEqual(result.returncode, 1)
        self.assertIn('study.json, training: unknown key "epoch"', result.stderr)

    def test_two_programs_are_kept_apart(self):
        study = self.new("locked")
        first = start("study", "run", "study", cwd=self.folder / "locked")
        while not (study / "models").exists():
            time.sleep(0.01)
        second = self.lottery("locked", "run")
        first.send_signal(signal.SIGKILL)
        first.communicate()
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"another program is at work here (process {first.pid})", second.stderr)
        self.assertEqual(self.lottery("locked", "run").returncode, 0)


if __name__ == "__main__":
    unittest.main()
