# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/goldens/magnitude: magnitude pruning of the checkpoints of tests/goldens/search by PyTorch's own tools.

One file per checkpoint: every search's steps with score, kept weights and the masks of all prunable parameters, one
after the other, one bit per weight as hexadecimal digits (lowest bit first); and the bad mask of the same size. A
search is only written when rounding cannot change it: no two magnitudes at a border are equal, no logits nearly tie, no
correlation lies at the threshold.

published_style.bin, .safetensors and published_style_prefixless.safetensors hold the last pruned model's masks as
torch.nn.utils.prune leaves them in a state dict; published_style.json says which.
"""

import json
import pathlib
import sys

import numpy as np
import safetensors.torch
import torch
import transformers

import glue_reference as glue
import lottery_reference as reference
import magnitude_reference as magnitude
import make_search_goldens as search_goldens
import tiny_models

GOLDENS = pathlib.Path(__file__).parents[1] / "goldens"
# Other options than the default: threshold, amount.
CASES = {"pair_classification": (0.9, 0.1), "few_heads": (0.9, 0.12), "regression": (0.9, 0.1), "other_options": (0.8, 0.25),
         "nothing_left": (0.9, 1.0), "zero_score": (0.9, 0.1), "negative_score": (0.9, 0.1), "one_head": (0.7, 0.15)}
VARIANTS = (("published", "left"), ("rigorous", "pruned"))
MIN_MARGIN = 1e-5  # between the two best logits; those of two implementations differ by about 1e-6


def check_clear(name, model, search, task):
    """Refuses what rounding could turn."""
    parameters = {key.removesuffix("_orig"): value for key, value in model.model.named_parameters()}
    for step in search.steps:
        flat = np.concatenate([parameters[key].detach().abs().numpy().ravel() for key in step.masks])
        flags = np.concatenate([mask.ravel() for mask in step.masks.values()])
        if 0 < flags.sum() < len(flags) and not flat[flags].min() > flat[~flags].max():
            raise SystemExit(f"{name} step {step.index}: equal magnitudes at the border")
        logits = np.sort(step.logits, axis=1)
        if logits.shape[1] == 1:
            if step.index and abs(step.score - search.threshold) < search_goldens.MIN_DISTANCE:
                raise SystemExit(f"{name} step {step.index}: score at the threshold")
        elif (logits[:, -1] - logits[:, -2]).min() < MIN_MARGIN:
            raise SystemExit(f"{name} step {step.index}: a tie of logits ({(logits[:, -1] - logits[:, -2]).min():.2g})")


def make(out, name):
    folder = GOLDENS / "search" / name
    task = glue.TASKS[json.loads((folder / "expected.json").read_text(encoding="utf-8"))["task"]]
    threshold, amount = CASES[name]
    searches = []
    for mode, bias in VARIANTS:
        model = reference.MaskedBert.load(folder / "checkpoint", task.outputs)
        tokenizer = transformers.BertTokenizer.from_pretrained(folder / "checkpoint")
        features = glue.make_features(tokenizer, glue.read_dev(task, folder / "data"), search_goldens.MAX_SEQ_LENGTH)
        options = magnitude.Options(mode, threshold, amount, bias, 16, search_goldens.MAX_SEQ_LENGTH)
        entry = {"mode": mode, "mlp_output_bias": bias}
        try:
            search = magnitude.search_weights(model, task, features, options)
        except reference.Refused as refused:
            searches.append(entry | {"refused": True, "full_score": refused.full_score})
            print(f"{name} {mode}: refused")
            continue
        check_clear(name, model, search, task)
        searches.append(entry | {
            "refused": False, "full_score": search.full_score, "threshold": search.threshold, "score": search.score,
            "kept_step": search.kept_step, "prunable": search.prunable, "parameters": list(search.masks),
            "steps": [{"score": step.score, "accepted": step.accepted, "kept": step.kept,
                       "masks": magnitude.packed_hex(step.masks)} for step in search.steps],
            "masks": magnitude.packed_hex(search.masks),
            "bad": magnitude.packed_hex(magnitude.bad_masks(model, search.masks))})
        print(f"{name} {mode} {bias}: " + " ".join(
            f"{step.kept}:{step.score:.3f}{'' if step.accepted else '!'}" for step in search.steps))
        if name == "pair_classification" and len(search.steps) > 1:
            write_published_style(out, name, model, bias)
    expected = {"origin": f"tests/reference/make_magnitude_goldens.py with torch {torch.__version__}, "
                          f"transformers {transformers.__version__}, on tests/goldens/search/{name}",
                "task": task.name, "threshold": threshold, "amount": amount,
                "max_seq_length": search_goldens.MAX_SEQ_LENGTH, "searches": searches}
    (out / f"{name}.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


def write_published_style(out, name, model, bias):
    state = {key: value for key, value in model.model.state_dict().items() if key.endswith("_mask")}
    # A weight beside the masks, as a state dict has.
    torch.save(state | {"classifier.weight": model.model.classifier.weight.detach()}, out / "published_style.bin")
    safetensors.torch.save_file({key: value.bool() for key, value in state.items()}, out / "published_style.safetensors")
    safetensors.torch.save_file({key.removeprefix("bert."): value.half() for key, value in state.items()},
                                out / "published_style_prefixless.safetensors")
    for file in out.glob("published_style*"):
        file.chmod(0o644)
    masks = {key: value.numpy().astype(bool) for key, value in
             ((key, state[key + "_mask"]) for _, _, key in magnitude.prunable(model.model, bias))}
    (out / "published_style.json").write_text(json.dumps({
        "checkpoint": f"search/{name}/checkpoint", "parameters": list(masks), "masks": magnitude.packed_hex(masks)}) + "\n",
        encoding="utf-8")


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDENS / "magnitude"
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    for name in CASES:
        make(out, name)


if __name__ == "__main__":
    main()
