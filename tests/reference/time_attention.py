# SPDX-License-Identifier: GPL-3.0-or-later
"""Times attention maps of one text: `lottery attention` beside transformers, alternating.

    python3 tests/reference/time_attention.py --lottery build/dev/bin/lottery --checkpoint DIR [--tokens 128 512] [--rounds 3]

Ours is the time that the command reports for its one pass, a first one. transformers: the first call in a process of its
own, and the best of three more; raw maps by output_attentions, norms by the whole tensor of weighted vectors
[heads, tokens, tokens, hidden], as Kobayashi et al. 2020 published them.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

WORDS = "the cat sat on a mat near the old house and saw a dog that was not there before it ran away in the rain".split()
THEIRS = "--theirs"


def text_of(tokens):
    """Words that are one token each in English uncased vocabularies; [CLS] and [SEP] come with them."""
    return " ".join((WORDS * (tokens // len(WORDS) + 1))[:tokens - 2])


def ours(lottery, checkpoint, text, kind, threads):
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([lottery, "attention", "--checkpoint", checkpoint, "--text", text, "--kind", kind, "--out",
                              f"{folder}/maps", "--threads", str(threads), "--json", "--quiet"],
                             capture_output=True, text=True, check=True).stdout
    return json.loads(out)["seconds"]


def theirs(checkpoint, text, kind, threads):
    """First call and best of three more, seconds."""
    import torch
    import transformers
    torch.set_num_threads(threads)
    tokenizer = transformers.BertTokenizer.from_pretrained(checkpoint)
    model = transformers.BertModel.from_pretrained(checkpoint, attn_implementation="eager").eval()
    inputs = tokenizer(text, return_tensors="pt")
    times = []
    with torch.inference_mode():
        for _ in range(4):
            start = time.perf_counter()
            out = model(**inputs, output_attentions=True, output_hidden_states=kind == "norm")
            maps = [probs[0] for probs in out.attentions]
            if kind == "norm":
                for index, layer in enumerate(model.encoder.layer):
                    attention = layer.attention.self
                    heads, size = attention.num_attention_heads, attention.attention_head_size
                    value = attention.value(out.hidden_states[index][0]).view(-1, heads, size).transpose(0, 1)
                    vectors = value @ layer.attention.output.dense.weight.t().reshape(heads, size, -1)
                    maps[index] = (maps[index][..., None] * vectors[:, None]).norm(dim=-1)
            torch.stack(maps).numpy().copy()
            times.append(time.perf_counter() - start)
    return [times[0], min(times[1:])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lottery", default="lottery")
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--tokens", type=int, nargs="+", default=[128, 512])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(THEIRS, nargs=2, metavar=("KIND", "TOKENS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.theirs:
        kind, tokens = options.theirs
        print(json.dumps(theirs(options.checkpoint, text_of(int(tokens)), kind, options.threads)))
        return
    print("tokens  kind  ours (s)  transformers, first  best of more")
    for tokens in options.tokens:
        for kind in ("raw", "norm"):
            mine, first, more = [], [], []
            for _ in range(options.rounds):
                mine.append(ours(options.lottery, options.checkpoint, text_of(tokens), kind, options.threads))
                out = subprocess.run([sys.executable, pathlib.Path(__file__), "--checkpoint", options.checkpoint,
                                      "--threads", str(options.threads), THEIRS, kind, str(tokens)],
                                     capture_output=True, text=True, check=True).stdout
                one, best = json.loads(out)
                first.append(one)
                more.append(best)
            span = lambda times: f"{min(times):.3f}–{max(times):.3f}"
            print(f"{tokens:6}  {kind:4}  {span(mine)}  {span(first)}  {span(more)}", flush=True)


if __name__ == "__main__":
    main()
