# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/goldens/search: tiny models, tiny dev files and the reference's mask searches on them.

expected.json of each golden holds every search: the content of search.json (without seconds) and the masks and
importances of each step. A golden is only written when its searches leave nothing to rounding: choices are clear by
MIN_GAP, predictions by MIN_MARGIN, scores are clear of the threshold, and float64 as well as the reference's fast
style choose the same. The first seed for which all that holds is taken.
"""

import dataclasses
import itertools
import json
import pathlib
import sys
import tempfile

import numpy as np
import torch
import transformers

import glue_reference as glue
import lottery_reference as reference
import tiny_models
import tiny_tasks

MIN_GAP = 2e-4  # of normalised importances, at the border between chosen and not chosen
MIN_MARGIN = 1e-4  # between the two best logits
MIN_DISTANCE = 1e-3  # of a correlation from the threshold
MIN_SPREAD = 1e-3  # of regression outputs: constant up to rounding has no defined correlation
MAX_SEQ_LENGTH = 24
KINDS = ("heads-mlps", "heads", "mlps")
EVERYTHING = tuple(itertools.product(KINDS, ("published", "rigorous")))


@dataclasses.dataclass
class Golden:
    name: str
    task: str
    shape: dict  # layers, heads, hidden, intermediate
    searches: tuple = EVERYTHING  # (kind, mode)
    rows: int = 44
    batch_size: int = 16
    threshold: float = 0.9
    amount: float = 0.1
    std: float = 0.15  # of the weights
    noise: float = 0.1  # share of labels that are not the model's answer
    constant: bool = False  # a classifier that always answers class 1
    wanted: callable = lambda searches: True
    seed: int = 0


def is_refused(search):
    return isinstance(search, reference.Refused)


def accepted(search, phase):
    return sum(step.accepted for step in search.steps if step.phase == phase)


def first_choice(search, phase):
    return next((step.masked for step in search.steps if step.phase == phase), [])


def all_phases(searches):
    search = searches["heads-mlps", "published"]
    return all(accepted(search, phase) for phase in ("heads_mlps", "heads", "mlps"))


def phases_differ(searches):
    """Whose importances a phase begins with (Q2) makes a difference."""
    published, rigorous = searches["heads-mlps", "published"], searches["heads-mlps", "rigorous"]
    return (accepted(published, "heads_mlps") and accepted(rigorous, "heads")
            and first_choice(published, "heads") != first_choice(rigorous, "heads"))


def few_heads(searches):
    """Phase (b) has no pass as published and keeps something in rigorous mode."""
    published, rigorous = searches["heads-mlps", "published"], searches["heads-mlps", "rigorous"]
    return (accepted(published, "heads_mlps") and accepted(rigorous, "heads")
            and not any(step.phase == "heads" for step in published.steps))


def nothing_left(searches):
    """As published all that a search may mask is masked."""
    both, heads, mlps = (searches[kind, "published"] for kind in KINDS)
    return not (heads.head_mask.any() or mlps.mlp_mask.any() or both.head_mask.any() or both.mlp_mask.any())


def score_rises(searches):
    search = searches["heads-mlps", "published"]
    return nothing_left(searches) and max(step.result.score for step in search.steps) > search.full_score + 0.05


def regression(searches):
    return all(len(search.steps) > 3 for search in searches.values())


GOLDENS = [
    Golden("pair_classification", "MRPC", dict(layers=4, heads=6, hidden=24, intermediate=32), wanted=all_phases),
    Golden("phase_importance", "QNLI", dict(layers=3, heads=8, hidden=24, intermediate=24), wanted=phases_differ,
           searches=(("heads-mlps", "published"), ("heads-mlps", "rigorous"))),
    Golden("few_heads", "SST-2", dict(layers=3, heads=4, hidden=16, intermediate=24), wanted=few_heads),
    Golden("regression", "STS-B", dict(layers=3, heads=8, hidden=16, intermediate=24), wanted=regression),
    Golden("other_options", "RTE", dict(layers=4, heads=6, hidden=24, intermediate=32), threshold=0.8, amount=0.2,
           batch_size=64, rows=52, wanted=lambda searches: len(searches["heads-mlps", "rigorous"].steps) > 4),
    Golden("nothing_left", "WNLI", dict(layers=2, heads=10, hidden=20, intermediate=24), noise=0.7, rows=30,
           wanted=score_rises),
    Golden("zero_score", "CoLA", dict(layers=2, heads=10, hidden=20, intermediate=16), constant=True, rows=24,
           wanted=nothing_left),
    Golden("negative_score", "CoLA", dict(layers=2, heads=3, hidden=12, intermediate=16), noise=0.8, rows=24),
    Golden("one_head", "SST-2", dict(layers=1, heads=1, hidden=8, intermediate=12), rows=24),
]


def vary_strength(model, random):
    """Gives every head and MLP a strength of its own: a search finds weak ones to mask and strong ones to keep."""
    size = model.config.hidden_size // model.config.num_attention_heads
    for layer in model.bert.encoder.layer:
        gains = 10 ** random.uniform(-2, 0.3, size=model.config.num_attention_heads)
        layer.attention.output.dense.weight *= torch.tensor(np.repeat(gains, size), dtype=torch.float32)
        gain = 10 ** random.uniform(-2, 0)
        layer.output.dense.weight *= gain
        layer.output.dense.bias *= gain


def make_checkpoint(golden, task, folder, random, seed):
    """A random model with a dev file that it mostly gets right: labels are its own answers, some turned round."""
    model = reference.MaskedBert(tiny_models.make_model(
        **golden.shape, outputs=task.outputs, vocabulary_size=len(tiny_tasks.VOCABULARY), positions=MAX_SEQ_LENGTH,
        seed=seed, std=golden.std))
    with torch.no_grad():
        vary_strength(model.model, random)
    tokenizer = save_checkpoint(model, folder / "checkpoint")
    rows = tiny_tasks.make_texts(task, golden.rows, random)
    features = glue.make_features(tokenizer, [glue.Example(*row, 0) for row in rows], MAX_SEQ_LENGTH)
    with torch.no_grad():
        logits = model(reference.collate(features), *model.ones()).logits
        # Both classes shall be answered, and with some confidence.
        scale = 2 / logits.std(dim=0).mean()
        model.model.classifier.weight *= scale
        model.model.classifier.bias.copy_(scale * (model.model.classifier.bias - logits.mean(dim=0)))
        logits = scale * (logits - logits.mean(dim=0))
        if golden.constant:
            model.model.classifier.bias += torch.tensor([-50.0, 50.0])
    save_checkpoint(model, folder / "checkpoint")
    labels = tiny_tasks.make_labels(task, logits.numpy(), random, golden.noise)
    tiny_tasks.write_rows(task, folder / "data" / task.name / "dev.tsv", rows, labels)


def save_checkpoint(model, folder):
    tiny_models.save(model.model, folder, tiny_tasks.VOCABULARY)
    return transformers.BertTokenizer.from_pretrained(folder)


def unclear(search):
    """Why rounding could change a search; empty when it could not."""
    problems = []
    if min(search.selection_gaps, default=1) < MIN_GAP:
        problems.append(f"importances {min(search.selection_gaps):.2g} apart")
    for step in search.steps:
        logits = np.sort(step.result.logits, axis=1)
        if logits.shape[1] == 1:
            if np.ptp(logits) < MIN_SPREAD:
                problems.append(f"step {step.index}: constant predictions")
            if step.index and abs(step.result.score - search.threshold) < MIN_DISTANCE:
                problems.append(f"step {step.index}: score at the threshold")
        elif (logits[:, -1] - logits[:, -2]).min() < MIN_MARGIN:
            problems.append(f"step {step.index}: a tie of logits")
    return problems


def run_searches(golden, task, folder, fast=False, double=False):
    """(kind, mode) and its search or refusal, one after another."""
    model = reference.MaskedBert.load(folder / "checkpoint", task.outputs, fast)
    if double:
        model.model.double()
    tokenizer = transformers.BertTokenizer.from_pretrained(folder / "checkpoint")
    features = glue.make_features(tokenizer, glue.read_dev(task, folder / "data"), MAX_SEQ_LENGTH)
    for kind, mode in golden.searches:
        options = reference.Options(kind, mode, golden.threshold, golden.amount, golden.batch_size, MAX_SEQ_LENGTH)
        try:
            yield (kind, mode), reference.search_masks(model, task, features, options)
        except reference.Refused as refused:
            yield (kind, mode), refused


def choices(searches):
    return {key: None if is_refused(search) else [(step.phase, step.masked, step.accepted) for step in search.steps]
            for key, search in searches.items()}


def record(golden, task, key, search):
    kind, mode = key
    if is_refused(search):
        return {"kind": kind, "mode": mode, "refused": True, "full_score": search.full_score, "chance": search.chance}
    options = reference.Options(kind, mode)
    content = reference.search_record(search, task, options)
    content.pop("seconds")
    for step in content["steps"]:
        step.pop("seconds")
    arrays = [{"head_mask": step.head_mask.astype(int).tolist(), "mlp_mask": step.mlp_mask.astype(int).tolist(),
               "head_importance": tiny_models.rounded(step.result.head_importance, 8),
               "mlp_importance": tiny_models.rounded(step.result.mlp_importance, 8)} for step in search.steps]
    gap = min(search.selection_gaps, default=None)
    return {"kind": kind, "mode": mode, "refused": False,
            "smallest_selection_gap": None if gap is None or np.isinf(gap) else float(f"{gap:.3g}"),
            "search": content, "arrays": arrays}


def attempt(golden, seed, folder):
    """The searches of one seed, or why this seed will not do."""
    task = glue.TASKS[golden.task]
    random = np.random.default_rng(seed)
    make_checkpoint(golden, task, folder, random, seed)
    searches = {}
    for key, search in run_searches(golden, task, folder):
        problems = [] if is_refused(search) else unclear(search)
        if problems:
            return None, f"{key}: {problems[0]}"
        searches[key] = search
    if not golden.wanted(searches):
        return None, "the searches do not show what they should"
    for name, other in (("float64", dict(double=True)), ("fast", dict(fast=True))):
        if choices(dict(run_searches(golden, task, folder, **other))) != choices(searches):
            return None, f"{name} chooses otherwise"
    return searches, None


def make(out, golden):
    task = glue.TASKS[golden.task]
    folder = out / golden.name
    for seed in range(golden.seed, golden.seed + 200):
        searches, problem = attempt(golden, seed, folder)
        if searches:
            break
        print(f"{golden.name} seed {seed}: {problem}", file=sys.stderr, flush=True)
    else:
        raise SystemExit(f"{golden.name}: no seed gives clear searches")
    expected = {
        "origin": f"tests/reference/make_search_goldens.py with torch {torch.__version__}, "
                  f"transformers {transformers.__version__}, seed {seed}",
        "task": task.name, "threshold": golden.threshold, "amount": golden.amount, "batch_size": golden.batch_size,
        "max_seq_length": MAX_SEQ_LENGTH,
        "searches": [record(golden, task, key, search) for key, search in searches.items()],
    }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")
    for key, search in searches.items():
        if is_refused(search):
            print(f"{golden.name} {key}: refused")
            continue
        passes = " ".join(f"{step.phase[0]}{step.result.score:.3f}{'' if step.accepted else '!'}"
                          for step in search.steps)
        print(f"{golden.name} seed {seed} {key}: gap {min(search.selection_gaps, default=np.inf):.2g}: "
              f"kept {int(search.head_mask.sum())}+{int(search.mlp_mask.sum())}: {passes}")


def main():
    names = [argument for argument in sys.argv[1:] if argument in {golden.name for golden in GOLDENS}]
    others = [argument for argument in sys.argv[1:] if argument not in names]
    out = pathlib.Path(others[0]) if others else pathlib.Path(__file__).parents[1] / "goldens" / "search"
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    for golden in GOLDENS:
        if not names or golden.name in names:
            make(out, golden)


if __name__ == "__main__":
    main()
