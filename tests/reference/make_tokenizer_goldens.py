# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/goldens/tokenizer from transformers' BertTokenizer (the slow one).

  vocab.txt          a small vocabulary of our own: most characters of the cases, some pieces of their words
  cases.json         hard texts (hexadecimal UTF-8 or rubbish) with the ids they become, uncased and cased
  characters.json    for each block of 4096 code points: SHA-256 over the words of "a<c>b" for every character
                     that is assigned in this Python's Unicode version
  assigned.txt       those characters, as ranges
  shared_glue.json   for each file in <shared>/glue: SHA-256 over the ids of all its sentences and over its
                     features cut to 32 positions, with <shared>/glue/vocab.txt

Ill-formed bytes are decoded with errors="replace" before they reach the tokenizer.

Usage: python make_tokenizer_goldens.py [<shared>]      (without <shared>, shared_glue.json is left as it is)
"""

import collections
import hashlib
import json
import pathlib
import platform
import random
import sys
import unicodedata

import transformers
from transformers import BertTokenizer

import glue_reference as glue
import tokenizer_cases

GOLDENS = pathlib.Path(__file__).resolve().parents[1] / "goldens" / "tokenizer"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
BLOCK = 0x1000
FEATURE_LENGTH = 32
ORIGIN = {
    "made_by": "tests/reference/make_tokenizer_goldens.py",
    "transformers": transformers.__version__,
    "python": platform.python_version(),
    "unicode": unicodedata.unidata_version,
}
MODES = {"uncased": True, "cased": False}


def words_of(tokenizer, text):
    """The words BertTokenizer hands to WordPiece, for text without special tokens."""
    if tokenizer.do_lower_case:
        text = "".join(c.lower() for c in text)  # PreTrainedTokenizer.tokenize lower-cases character by character
    return tokenizer.basic_tokenizer.tokenize(text, never_split=SPECIAL)


def make_vocabulary(path, texts):
    """Characters alone and as continuation, then pieces of words; every ninth rare character is left out."""
    path.write_text("\n".join(SPECIAL) + "\n", encoding="utf-8")  # enough for the basic tokenizers
    counts = collections.Counter()
    for lower in MODES.values():
        basic = BertTokenizer(str(path), do_lower_case=lower)
        for text in texts:
            counts.update(words_of(basic, text.decode("utf-8", "replace")))
    characters = sorted({c for word in counts for c in word})
    kept = [c for i, c in enumerate(characters) if c.isascii() or i % 9]
    entries = SPECIAL + kept + ["##" + c for i, c in enumerate(kept) if c.isascii() or i % 5]
    rng = random.Random(7)
    for word in sorted(counts):
        if not 2 <= len(word) <= 12:
            continue
        cut = rng.randint(1, len(word))
        if cut > 1:
            entries.append(word[:cut])
        if len(word) - cut > 1:
            entries.append("##" + word[cut:])
    # What follows [MASK] in the file must not matter; a piece longer than any word must not either.
    entries += ["[unused1]", "a" * 70, "##" + "a" * 30, "##" + "é" * 9]
    path.write_text("".join(token + "\n" for token in dict.fromkeys(entries)), encoding="utf-8", newline="\n")


def ids_of(tokenizer, text):
    return tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))


def write(name, content, indent=None):
    text = json.dumps({"origin": ORIGIN, **content}, ensure_ascii=True, indent=indent)
    (GOLDENS / name).write_text(text.replace('}, "', '},\n"') + "\n", encoding="utf-8", newline="\n")


def make_cases(cases, tokenizers):
    found = {}
    for name, text in cases.items():
        decoded = text.decode("utf-8", "replace")
        found[name] = {"hex": text.hex(), **{mode: ids_of(t, decoded) for mode, t in tokenizers.items()}}
    write("cases.json", {"cases": found})


def assigned_ranges():
    def is_assigned(code):
        return not 0xD800 <= code < 0xE000 and unicodedata.category(chr(code)) != "Cn"

    begin = None
    for code in range(0x110001):
        inside = code < 0x110000 and is_assigned(code)
        if inside and begin is None:
            begin = code
        elif not inside and begin is not None:
            yield begin, code - 1
            begin = None


def make_characters(tokenizers):
    ranges = list(assigned_ranges())
    lines = [f"# Characters assigned in Unicode {unicodedata.unidata_version}, surrogates left out: first last\n"]
    lines += [f"{first:X} {last:X}\n" for first, last in ranges]
    (GOLDENS / "assigned.txt").write_text("".join(lines), encoding="utf-8", newline="\n")
    digests = {}
    for mode, tokenizer in tokenizers.items():
        blocks = {}
        for first, last in ranges:
            for code in range(first, last + 1):
                if 0xF0000 <= code and code & 0xFF:  # private planes: one character in 256 is enough
                    continue
                line = " ".join(words_of(tokenizer, f"a{chr(code)}b")) + "\n"
                blocks.setdefault(f"{code // BLOCK * BLOCK:X}", hashlib.sha256()).update(line.encode())
        digests[mode] = {block: digest.hexdigest() for block, digest in blocks.items()}
    write("characters.json", {"block": BLOCK, **digests}, indent=1)


def make_shared(shared):
    vocabulary = shared / "glue" / "vocab.txt"
    digests = {}
    for mode, lower in MODES.items():
        tokenizer = BertTokenizer(str(vocabulary), do_lower_case=lower)
        digests[mode] = {}
        for path in sorted((shared / "glue").glob("*/*.tsv")):
            ids, features = hashlib.sha256(), hashlib.sha256()
            sentences = tokens = 0
            for example in glue.read_glue(glue.TASKS[path.parent.name], path):
                sequences = [ids_of(tokenizer, t) for t in (example.text_a, example.text_b) if t is not None]
                for sequence in sequences:
                    ids.update((" ".join(map(str, sequence)) + "\n").encode())
                    sentences += 1
                    tokens += len(sequence)
                row = tokenizer.prepare_for_model(*sequences, truncation="longest_first", max_length=FEATURE_LENGTH)
                for key in ("input_ids", "token_type_ids"):
                    features.update((" ".join(map(str, row[key])) + "\n").encode())
            digests[mode][f"{path.parent.name}/{path.name}"] = {
                "sentences": sentences, "tokens": tokens, "ids": ids.hexdigest(), "features": features.hexdigest()}
            print(mode, path.parent.name, path.name, sentences, tokens, flush=True)
    write("shared_glue.json", {"feature_length": FEATURE_LENGTH, **digests}, indent=1)


def main():
    transformers.logging.set_verbosity_error()
    GOLDENS.mkdir(parents=True, exist_ok=True)
    cases = tokenizer_cases.cases()
    make_vocabulary(GOLDENS / "vocab.txt", cases.values())
    tokenizers = {m: BertTokenizer(str(GOLDENS / "vocab.txt"), do_lower_case=lower) for m, lower in MODES.items()}
    make_cases(cases, tokenizers)
    make_characters(tokenizers)
    if len(sys.argv) > 1:
        make_shared(pathlib.Path(sys.argv[1]))


if __name__ == "__main__":
    main()
