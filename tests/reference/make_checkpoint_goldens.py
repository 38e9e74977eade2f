# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the checkpoints that tests/model/tst_checkpoint.cpp reads: one tiny seeded BERT, saved by transformers and
PyTorch in every form the program reads.

    python tests/reference/make_checkpoint_goldens.py tests/goldens/checkpoints

Made with torch 2.13.0 and transformers 4.57.6 (other versions write the same weights, with other metadata).
"""

import json
import pathlib
import shutil
import sys

import torch
import transformers
from transformers import BertConfig, BertForPreTraining, BertForSequenceClassification, BertModel

WORDS = "the a cat dog bird sees hears likes old young red blue green big small runs sleeps sings never".split()
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS


def config() -> BertConfig:
    return BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=12,
        max_position_embeddings=16,
        id2label={0: "contradiction", 1: "entailment", 2: "neutral"},
        label2id={"contradiction": 0, "entailment": 1, "neutral": 2},
    )


def randomise(model: torch.nn.Module) -> None:
    """Nothing is left at 0 or 1, so that no tensor can be taken for another one."""
    generator = torch.Generator().manual_seed(1337)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)


def with_config(folder: pathlib.Path, model: transformers.PreTrainedModel) -> pathlib.Path:
    model.config.save_pretrained(folder)
    return folder


def main(out: pathlib.Path) -> None:
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    classifier = BertForSequenceClassification(config()).eval()
    randomise(classifier)
    weights = {key: value.clone() for key, value in classifier.state_dict().items()}

    expected = {key: {"shape": list(t.shape), "values": t.flatten().tolist()} for key, t in weights.items()}
    expected["origin"] = f"torch {torch.__version__}, transformers {transformers.__version__}, seed 1337"
    (out / "expected.json").write_text(json.dumps(expected) + "\n")

    classifier.save_pretrained(out / "f32")
    (out / "f32" / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    (out / "f32" / "tokenizer_config.json").write_text(
        json.dumps({"do_lower_case": True, "tokenizer_class": "BertTokenizer"}) + "\n"
    )
    for name, dtype in (("f16", torch.float16), ("bf16", torch.bfloat16)):
        half = BertForSequenceClassification(config())
        half.load_state_dict(weights)
        half.to(dtype).save_pretrained(out / name)
    classifier.save_pretrained(out / "sharded", max_shard_size="4KB")

    # What a training script leaves: an OrderedDict with module versions.
    torch.save(classifier.state_dict(), with_config(out / "bin", classifier) / "pytorch_model.bin")
    # A plain dictionary of parameters; half precision, transposed in memory, several in one storage, and a value
    # that is no tensor.
    pool = torch.cat([t.flatten() for t in weights.values()]).half()
    views, first = {}, 0
    for key, t in weights.items():
        view = pool[first : first + t.numel()].view(t.shape)
        views[key] = torch.nn.Parameter(view) if key.endswith("bias") else view
        first += t.numel()
    for key in list(views):
        if key.endswith("query.weight"):
            views[key] = weights[key].half().t().contiguous().t()
    views["global_step"] = 300
    torch.save(views, with_config(out / "bin_views", classifier) / "pytorch_model.bin")
    # Written before PyTorch 1.6: no zip.
    torch.save(
        classifier.state_dict(),
        with_config(out / "bin_legacy", classifier) / "pytorch_model.bin",
        _use_new_zipfile_serialization=False,
    )

    body = BertModel(config()).eval()
    body.load_state_dict({key[len("bert.") :]: t for key, t in weights.items() if key.startswith("bert.")})
    body.save_pretrained(out / "prefixless")

    # As Google's first checkpoints were converted: pre-training heads, gamma and beta, a buffer of positions.
    pretraining = BertForPreTraining(config()).eval()
    randomise(pretraining)
    pretraining.load_state_dict(weights, strict=False)
    old = {}
    for key, t in pretraining.state_dict().items():
        key = key.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        if key != "cls.predictions.decoder.weight":
            old[key] = t
    old["bert.embeddings.position_ids"] = torch.arange(config().max_position_embeddings).unsqueeze(0)
    torch.save(old, with_config(out / "gamma_beta", pretraining) / "pytorch_model.bin")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
