# SPDX-License-Identifier: GPL-3.0-or-later
"""Times `lottery mask magnitude` against torch.nn.utils.prune on the same checkpoint, data and thread count.

Rounds alternate. The reference runs in its fast style (padding to the longest of a batch, fused attention, no
gradients). Masks and scores of the last round are compared weight by weight.

Exit codes: 0 done, 1 the searches differ or a run failed, 2 wrong usage.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import safetensors
import torch
import transformers

import glue_reference as glue
import lottery_reference as reference
import magnitude_reference as magnitude


def read_masks(file):
    with safetensors.safe_open(file, "np") as opened:
        shapes = json.loads(opened.metadata()["shapes"])
        return {name: np.unpackbits(opened.get_tensor(name + "_mask"), bitorder="little", count=int(np.prod(shape)))
                .reshape(shape).astype(bool) for name, shape in shapes.items()}


def run_ours(arguments, out):
    command = [arguments.lottery, "mask", "magnitude", "--checkpoint", arguments.checkpoint, "--task", arguments.task, "--data",
               arguments.data, "--out", out, "--mode", "published", "--limit-dev", arguments.limit_dev, "--threads",
               arguments.threads, "--max-steps", magnitude.MAX_STEPS, "--threshold", arguments.threshold, "--device", "cpu",
               "--quiet", "--json"]
    return json.loads(subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout)


def run_theirs(arguments):
    task = glue.TASKS[arguments.task]
    model = reference.MaskedBert.load(arguments.checkpoint, task.outputs, fast=True)
    tokenizer = transformers.BertTokenizer.from_pretrained(arguments.checkpoint)
    features = glue.make_features(tokenizer, glue.read_dev(task, arguments.data, arguments.limit_dev))
    options = magnitude.Options("published", arguments.threshold, mlp_output_bias="left")
    return magnitude.search_weights(model, task, features, options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lottery", required=True, type=pathlib.Path)
    parser.add_argument("--checkpoint", required=True, type=pathlib.Path, help="fine-tuned")
    parser.add_argument("--task", required=True, choices=glue.TASKS)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--threshold", type=float, default=0.9)
    parser.add_argument("--limit-dev", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    transformers.logging.set_verbosity_error()

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for index in range(arguments.rounds):
            out = pathlib.Path(folder) / str(index)
            record, search = run_ours(arguments, out), run_theirs(arguments)
            masks = read_masks(out / "weight_mask.safetensors")
            mean = lambda values: statistics.mean(list(values))
            rows.append({"ours": mean(step["seconds"] for step in record["steps"][1:]),
                         "theirs": mean(step.seconds for step in search.steps[1:]),
                         "ours_selection": mean(step["selection_seconds"] for step in record["steps"][1:]),
                         "theirs_selection": mean(step.selection_seconds for step in search.steps[1:])})
            print(json.dumps(rows[-1]), flush=True)
    for part in ("", "_selection"):
        ours = statistics.median(row["ours" + part] for row in rows)
        theirs = statistics.median(row["theirs" + part] for row in rows)
        ratios = [row["theirs" + part] / row["ours" + part] for row in rows]
        print(f"seconds per step{part.replace('_', ', ')}: lottery {ours:.3f}, reference {theirs:.3f}, ratio "
              f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})")
    different = sum(int((masks[key] != mask).sum()) for key, mask in search.masks.items())
    steps = [(step["kept_weights"], step["accepted"]) for step in record["steps"]]
    same_steps = steps == [(step.kept, step.accepted) for step in search.steps]
    print(f"kept masks: {different} of {search.prunable} weights differ; {len(steps)} steps, "
          f"{'the same sizes and verdicts' if same_steps else 'OTHER sizes or verdicts'}")
    return 1 if different or not same_steps or set(masks) != set(search.masks) else 0


if __name__ == "__main__":
    sys.exit(main())
