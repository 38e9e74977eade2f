# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the `lottery` binary on tiny checkpoints and data; shared by the command-line tests."""

import json
import os
import pathlib
import random
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKPOINT = ROOT / "tests" / "goldens" / "bert" / "two_layers"
SYLLABLES = [a + b for a in "bdfgkmp" for b in "aeiou"]


def lottery(*arguments, **options):
    return subprocess.run([os.environ["LOTTERY_BIN"], *map(str, arguments)], capture_output=True, text=True, **options)


def start(*arguments, **options):
    return subprocess.Popen([os.environ["LOTTERY_BIN"], *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **options)


def write_mrpc(folder, train=96, dev=32, seed=1):
    """MRPC-shaped files whose label says whether both sentences begin with the same syllable."""
    draw = random.Random(seed)
    folder = pathlib.Path(folder) / "MRPC"
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("train", train), ("dev", dev)):
        lines = ["Quality\t#1 ID\t#2 ID\t#1 String\t#2 String"]
        for row in range(rows):
            a = draw.choices(SYLLABLES, k=draw.randint(2, 8))
            b = draw.choices(SYLLABLES, k=draw.randint(2, 8))
            if row % 2:
                b[0] = a[0]
            elif b[0] == a[0]:
                b[0] = SYLLABLES[(SYLLABLES.index(a[0]) + 1) % len(SYLLABLES)]
            lines.append(f"{row % 2}\t1\t2\t{' '.join(a)}\t{' '.join(b)}")
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n")
    return folder.parent


def read_json(path):
    return json.loads(pathlib.Path(path).read_text())


def write_npy(path, values):
    """A nested list of numbers as float32, version 1.0."""
    shape, flat = [], values
    while isinstance(flat, list):
        shape.append(len(flat))
        flat = flat[0]
    flat = values
    for _ in shape[1:]:
        flat = [value for row in flat for value in row]
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},), }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    path = pathlib.Path(path)
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + struct.pack(f"<{len(flat)}f", *flat))
    return path


def weights(path):
    """name: bytes of every tensor of a safetensors file, and the metadata."""
    raw = pathlib.Path(path).read_bytes()
    size = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:8 + size])
    metadata = header.pop("__metadata__", {})
    return {name: raw[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]]
            for name, entry in header.items()}, metadata
