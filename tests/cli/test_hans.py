# SPDX-License-Identifier: GPL-3.0-or-later
"""`lottery hans`: accuracies counted again from the predictions it writes, masks, how outputs are read, what is refused."""

import collections
import json
import pathlib
import random
import shutil
import tempfile
import unittest

from command_line import CHECKPOINT, ROOT, SYLLABLES, lottery, write_npy

THREE_WAY = ROOT / "tests" / "goldens" / "bert" / "three_layers"
SHORT = ["--max-seq-length", "20", "--threads", "1"]


def write_hans(path, rows=60):
    """HANS-shaped rows over three heuristics, two labels and six subcases."""
    draw = random.Random(3)
    lines = ["gold_label\tsentence1\tsentence2\tpairID\theuristic\tsubcase\ttemplate"]
    for row in range(rows):
        heuristic = ("lexical_overlap", "subsequence", "constituent")[row % 3]
        label = ("entailment", "non-entailment")[row // 3 % 2]
        premise = draw.choices(SYLLABLES, k=draw.randint(3, 7))
        lines.append("\t".join([label, " ".join(premise), " ".join(premise[:2]), f"ex{row}", heuristic,
                                heuristic[0] + label[0], "temp1"]))
    path.write_text("\n".join(lines) + "\n")
    return path


class Hans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.file = write_hans(cls.folder / "heuristics_evaluation_set.txt")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def run_hans(self, checkpoint, *options):
        result = lottery("hans", "--checkpoint", checkpoint, "--data", self.file, "--json", *SHORT, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def refused(self, said, *arguments, code=1):
        result = lottery("hans", *arguments, *SHORT)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertIn(said, result.stderr)
        if code == 1:
            self.assertEqual(len([line for line in result.stderr.splitlines() if line.startswith("lottery: ")]), 1)

    def check_counts(self, report, table, classes):
        """The report from the table of predictions, row by row, with the class of the largest logit."""
        rows = [line.split("\t") for line in table.read_text().splitlines()]
        header, rows = rows[0], rows[1:]
        self.assertEqual(header, ["line", "heuristic", "subcase", "prediction", "expected", "class",
                                  *(f"logit_{name}" for name in classes)])
        gold = {str(number): line.split("\t") for number, line in enumerate(self.file.read_text().splitlines(), 1)}
        counts = collections.defaultdict(lambda: [0, 0])
        for row in rows:
            label, heuristic = gold[row[0]][0], gold[row[0]][4]
            logits = [float(value) for value in row[6:]]
            name = classes[logits.index(max(logits))]
            self.assertEqual(row[5], name)
            answer = "entailment" if name == "entailment" else "non-entailment"
            self.assertEqual((row[1], row[3], row[4]), (heuristic, answer, label))
            for group in ((heuristic, label.replace("-", "_")), (heuristic, "all"), ("overall", "all"),
                          ("overall", label.replace("-", "_")), (row[2], "all")):
                counts[group][0] += 1
                counts[group][1] += answer == label
        groups = {"overall": report["overall"], **report["heuristics"], **report["subcases"]}
        self.assertEqual(set(report["heuristics"]), {"lexical_overlap", "subsequence", "constituent"})
        self.assertEqual(len(report["subcases"]), 6)
        for (group, label), (examples, correct) in counts.items():
            found = groups[group][label]
            self.assertEqual(found["examples"], examples)
            self.assertAlmostEqual(found["accuracy"], correct / examples, places=12)
        self.assertAlmostEqual(report["predicted_entailment_share"],
                               sum(row[3] == "entailment" for row in rows) / len(rows), places=12)
        return rows

    def test_counts(self):
        for checkpoint, classes in ((THREE_WAY, ["contradiction", "entailment", "neutral"]),
                                    (CHECKPOINT, ["entailment", "not_entailment"])):
            with self.subTest(classes=len(classes)):
                table = self.folder / "predictions.tsv"
                report = self.run_hans(checkpoint, "--predictions", table)
                self.assertEqual(report["classes"], classes)
                self.assertEqual(len(self.check_counts(report, table, classes)), 60)
                # A folder does as well, and the first so many rows.
                table.unlink()
                first = lottery("hans", "--checkpoint", checkpoint, "--data", self.folder, "--limit", "7", "--json",
                                "--predictions", table, *SHORT)
                self.assertEqual(json.loads(first.stdout)["overall"]["all"]["examples"], 7)
        text = lottery("hans", "--checkpoint", CHECKPOINT, "--data", self.file, *SHORT)
        self.assertIn("outputs read as entailment, not_entailment", text.stdout)
        self.assertIn("lexical_overlap", text.stdout)

    def test_classes_turn_the_answers(self):
        usual = self.run_hans(CHECKPOINT)
        turned = self.run_hans(CHECKPOINT, "--classes", "not_entailment,entailment")
        self.assertAlmostEqual(usual["predicted_entailment_share"], 1 - turned["predicted_entailment_share"])
        self.assertAlmostEqual(usual["overall"]["all"]["accuracy"], 1 - turned["overall"]["all"]["accuracy"])
        # A checkpoint whose config names its classes needs no option.
        named = self.folder / "named"
        shutil.copytree(CHECKPOINT, named)
        config = json.loads((named / "config.json").read_text())
        config["id2label"] = {"0": "non-entailment", "1": "ENTAILMENT"}
        config["label2id"] = {"non-entailment": 0, "ENTAILMENT": 1}
        (named / "config.json").write_text(json.dumps(config))
        self.assertEqual(self.run_hans(named)["overall"], turned["overall"])
        # The run that trained a checkpoint says what its outputs are.
        for task, said in (("RTE", None), ("MRPC", "trained on MRPC")):
            trained = self.folder / task
            shutil.copytree(CHECKPOINT, trained)
            (trained / "run.json").write_text(json.dumps({"inputs": {"task": task}}))
            if said is None:
                self.assertEqual(self.run_hans(trained)["overall"], usual["overall"])
            else:
                self.refused(said, "--checkpoint", trained, "--data", self.file)
                self.run_hans(trained, "--classes", "entailment,not_entailment")

    def test_masks(self):
        heads = write_npy(self.folder / "heads.npy", [[0.0, 1.0], [0.0, 0.0]])
        mlps = write_npy(self.folder / "mlps.npy", [0.0, 1.0])
        table, small = self.folder / "masked.tsv", self.folder / "small.tsv"
        masked = self.run_hans(CHECKPOINT, "--head-mask", heads, "--mlp-mask", mlps, "--predictions", table)
        # As the checkpoint from which they have been removed.
        out = self.folder / "removed"
        removed = lottery("remove", "--checkpoint", CHECKPOINT, "--head-mask", heads, "--mlp-mask", mlps, "--out", out)
        self.assertEqual(removed.returncode, 0, removed.stderr)
        self.assertEqual(self.run_hans(out, "--predictions", small)["overall"], masked["overall"])
        logits = [[float(row.split("\t")[-1]) for row in path.read_text().splitlines()[1:]] for path in (table, small)]
        self.assertLess(max(abs(a - b) for a, b in zip(*logits)), 1e-5)
        # Masked to zero a layer without heads keeps a bias.
        other = self.folder / "multiplied.tsv"
        self.run_hans(CHECKPOINT, "--head-mask", heads, "--mlp-mask", mlps, "--removal", "multiply", "--predictions", other)
        self.assertNotEqual(other.read_text(), table.read_text())

    def test_refused(self):
        model = ["--checkpoint", CHECKPOINT]
        self.refused("no such file", *model, "--data", self.folder / "nowhere")
        self.refused("heuristics_evaluation_set.txt", *model, "--data", ROOT / "docs")
        torn = self.folder / "torn.txt"
        torn.write_bytes(self.file.read_bytes()[:-60])
        self.refused("torn.txt:61: ", *model, "--data", torn)
        self.refused("--classes", *model, "--data", self.file, "--classes", "yes,no")
        self.refused("the model has 2 outputs", *model, "--data", self.file, "--classes", "entailment,neutral,no")
        self.refused("1 outputs", "--checkpoint", ROOT / "tests/goldens/bert/one_head_regression", "--data", self.file)
        self.refused("2 layers × 3 heads found, the model has 2 × 2", *model, "--data", self.file, "--head-mask",
                     write_npy(self.folder / "wrong.npy", [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]))
        self.refused("weight-mask", *model, "--data", self.file, "--weight-mask", self.folder / "none.safetensors")
        self.refused("limit", *model, "--data", self.file, "--limit", "-1")
        self.refused("--data", *model, code=2)
        untrained = self.folder / "untrained"
        shutil.copytree(THREE_WAY, untrained)
        config = json.loads((untrained / "config.json").read_text())
        config["id2label"] = {"0": "a", "1": "b"}
        config["label2id"] = {"a": 0, "b": 1}
        (untrained / "config.json").write_text(json.dumps(config))
        self.refused("has learned no task", "--checkpoint", untrained, "--data", self.file)


if __name__ == "__main__":
    unittest.main()
