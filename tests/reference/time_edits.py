# SPDX-License-Identifier: GPL-3.0-or-later
"""Times transformers scoring a model again after one head was masked by hand, as the tab "What if" does.

    python3 tests/reference/time_edits.py --checkpoint DIR --task STS-B --data DIR [--examples 512] [--threads 2]

Prints median seconds over the rounds, in the published style (padding to 128, eager attention with its maps returned)
and as a careful user would (examples sorted by length, padding to a batch's longest, fused attention, inference mode).
Compare with lottery-view-times on the same machine.
"""

import argparse
import random
import statistics
import time

import torch
import transformers

import glue_reference as glue
import lottery_reference as lottery


def seconds(model, batches, head_mask, mlp_mask, attentions):
    start = time.perf_counter()
    with torch.inference_mode():
        for batch in batches:
            model(batch, head_mask, mlp_mask, attentions)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--task", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--examples", type=int, default=512)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    task = glue.TASKS[arguments.task]
    tokenizer = transformers.BertTokenizer.from_pretrained(arguments.checkpoint)
    examples = glue.read_dev(task, arguments.data)
    random.Random(1337).shuffle(examples)
    features = glue.make_features(tokenizer, examples[:arguments.examples])
    outputs = 1 if task.is_regression else len(task.classes)
    by_length = sorted(features, key=lambda f: len(f.input_ids))
    sides = [("published style", lottery.MaskedBert.load(arguments.checkpoint, outputs),
              list(lottery.batches(features, arguments.batch_size, 128)), True),
             ("careful style", lottery.MaskedBert.load(arguments.checkpoint, outputs, fast=True),
              list(lottery.batches(by_length, arguments.batch_size)), False)]
    times = {name: [] for name, *_ in sides}
    for number in range(arguments.rounds):
        for name, model, batches, attentions in sides:
            head_mask, mlp_mask = model.ones()
            head_mask[number % model.layers, 0] = 0.0
            times[name].append(seconds(model, batches, head_mask, mlp_mask, attentions))
    for name, measured in times.items():
        print(f"{name:16} {statistics.median(measured):7.2f} s  ({min(measured):.2f} to {max(measured):.2f}), "
              f"{len(features)} examples")


if __name__ == "__main__":
    main()
