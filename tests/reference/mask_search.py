# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference mask search on a checkpoint and a GLUE task; writes the files that `lottery mask` writes.

Exit codes: 0 done, 1 refused (rigorous mode, full model not above chance), 2 wrong usage.
"""

import argparse
import json
import pathlib
import sys

import numpy as np
import torch
import transformers

import glue_reference as glue
import lottery_reference as reference


def write_step(out, step):
    arrays = {"head_mask": step.head_mask, "mlp_mask": step.mlp_mask,
              "head_importance": step.result.head_importance, "mlp_importance": step.result.mlp_importance}
    for name, array in arrays.items():
        np.save(out / f"{name}_{step.index}.npy", array.astype(np.float32))
    print(f"step {step.index:3d} {step.phase:10s} score {step.result.score:.6f} "
          f"heads {int(step.head_mask.sum()):3d} mlps {int(step.mlp_mask.sum()):2d} "
          f"{'kept' if step.accepted else 'below threshold'} {step.result.seconds:.1f} s", file=sys.stderr, flush=True)


def write_result(out, search, task, options):
    arrays = {"head_mask": search.head_mask, "mlp_mask": search.mlp_mask,
              "head_importance": search.steps[0].result.head_importance,
              "mlp_importance": search.steps[0].result.mlp_importance}
    for name, array in arrays.items():
        np.save(out / f"{name}.npy", array.astype(np.float32))
    record = reference.search_record(search, task, options)
    (out / "search.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True, type=pathlib.Path, help="Hugging Face folder")
    parser.add_argument("--task", required=True, choices=glue.TASKS)
    parser.add_argument("--data", required=True, type=pathlib.Path, help="GLUE folder or the task's own")
    parser.add_argument("--kind", choices=["heads", "mlps", "heads-mlps"], default="heads-mlps")
    parser.add_argument("--mode", choices=["published", "rigorous"], default="published")
    parser.add_argument("--threshold", type=float, default=0.9, help="share of the full score to keep")
    parser.add_argument("--amount", type=float, default=0.1, help="share of all heads masked per step")
    parser.add_argument("--limit-dev", type=int, default=0, help="first so many dev examples, 0: all")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--max-seq-length", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1337, help="draws the classifier where the checkpoint has none")
    parser.add_argument("--fast", action="store_true",
                        help="frozen weights, padding to the longest of a batch, fused attention")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    task = glue.TASKS[arguments.task]
    model = reference.MaskedBert.load(arguments.checkpoint, task.outputs, arguments.fast)
    tokenizer = transformers.BertTokenizer.from_pretrained(arguments.checkpoint)
    examples = glue.read_dev(task, arguments.data, arguments.limit_dev)
    features = glue.make_features(tokenizer, examples, arguments.max_seq_length)
    options = reference.Options(arguments.kind, arguments.mode, arguments.threshold, arguments.amount,
                                arguments.batch_size, arguments.max_seq_length)
    arguments.out.mkdir(parents=True, exist_ok=True)
    try:
        search = reference.search_masks(model, task, features, options, lambda step: write_step(arguments.out, step))
    except reference.Refused as refused:
        print(f"{arguments.checkpoint}: {refused}; fine-tune it first or search with --mode published", file=sys.stderr)
        return 1
    write_result(arguments.out, search, task, options)
    print(json.dumps({"score": search.score, "full_score": search.full_score, "steps": len(search.steps),
                      "kept_heads": int(search.head_mask.sum()), "kept_mlps": int(search.mlp_mask.sum()),
                      "smallest_selection_gap": min(search.selection_gaps, default=None),
                      "seconds": search.seconds}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
