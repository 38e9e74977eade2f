# SPDX-License-Identifier: GPL-3.0-or-later
"""Times the program's mask search against the reference on the same checkpoint, data and thread count.

Runs alternate, round by round, so that a change of the machine's load meets all sides. Seconds are those of the
search itself (passes over the data) from search.json; the whole process and its peak memory are listed beside them.
The last round's searches are compared step by step: a ratio between different searches means nothing.

Exit codes: 0 done, 1 a run failed or the searches differ, 2 wrong usage.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import compare_searches

HERE = pathlib.Path(__file__).parent


@dataclasses.dataclass
class Side:
    name: str
    command: list
    out: pathlib.Path
    seconds: list = dataclasses.field(default_factory=list)
    wall: list = dataclasses.field(default_factory=list)
    memory: list = dataclasses.field(default_factory=list)  # MiB at the peak

    def run(self):
        shutil.rmtree(self.out, ignore_errors=True)  # a search refuses a folder that holds one
        started = time.perf_counter()
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=log)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                log.seek(0)
                message = log.read().decode(errors="replace").strip()
                raise RuntimeError(f"{self.name} ended with {process.returncode}: {message[-2000:]}")
        self.wall.append(time.perf_counter() - started)
        self.memory.append(usage.ru_maxrss / 1024)
        self.seconds.append(json.loads((self.out / "search.json").read_text(encoding="utf-8"))["seconds"])


def make_sides(arguments, folder):
    common = ["--checkpoint", arguments.checkpoint, "--task", arguments.task, "--data", arguments.data,
              "--mode", arguments.mode, "--batch-size", arguments.batch_size, "--limit-dev", arguments.limit_dev,
              "--max-seq-length", arguments.max_seq_length, "--threads", arguments.threads]
    ours = [arguments.lottery, "mask", arguments.kind, *common, "--split", "dev", "--device", "cpu", "--json"]
    theirs = [sys.executable, HERE / "mask_search.py", *common, "--kind", arguments.kind]
    sides = [("lottery", ours), ("reference, published style", theirs)]
    if arguments.fast:
        sides.append(("reference, fast style", [*theirs, "--fast"]))
    result = []
    for index, (name, command) in enumerate(sides):
        out = folder / f"side_{index}"
        result.append(Side(name, [str(part) for part in [*command, "--out", out]], out))
    return result


def print_table(sides):
    ours = sides[0]
    print(f"{'':28} {'search s':>9} {'min':>8} {'max':>8} {'process s':>9} {'peak MiB':>8} {'ratio':>7} {'range':>15}")
    for side in sides:
        ratios = [theirs / mine for theirs, mine in zip(side.seconds, ours.seconds)]
        print(f"{side.name:28} {statistics.median(side.seconds):9.2f} {min(side.seconds):8.2f} "
              f"{max(side.seconds):8.2f} {statistics.median(side.wall):9.2f} {max(side.memory):8.0f} "
              f"{statistics.median(ratios):7.2f} {min(ratios):7.2f}–{max(ratios):<7.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lottery", required=True, type=pathlib.Path, help="the program to measure")
    parser.add_argument("--checkpoint", required=True, help="Hugging Face folder, fine-tuned")
    parser.add_argument("--task", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--kind", choices=["heads", "mlps", "heads-mlps"], default="heads-mlps")
    parser.add_argument("--mode", choices=["published", "rigorous"], default="published")
    parser.add_argument("--limit-dev", type=int, default=0)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--max-seq-length", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fast", action="store_true", help="measure the reference's fast style too")
    parser.add_argument("--importance-tolerance", type=float, default=1e-3)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        sides = make_sides(arguments, pathlib.Path(folder))
        try:
            for number in range(1, arguments.rounds + 1):
                for side in sides:
                    side.run()
                    print(f"round {number}: {side.name} {side.seconds[-1]:.2f} s", file=sys.stderr, flush=True)
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            print(error, file=sys.stderr)
            return 1
        problems = []
        for side in sides[1:]:
            print(f"\nlottery against {side.name}")
            problems += compare_searches.compare(compare_searches.Folder.read(sides[0].out),
                                                 compare_searches.Folder.read(side.out),
                                                 arguments.importance_tolerance)
        print(f"\n{arguments.task}, {arguments.kind}, {arguments.mode}, {arguments.threads} threads, "
              f"{arguments.rounds} rounds; ratio: side / lottery")
        print_table(sides)
        for problem in problems:
            print(problem)
        print("DIFFERENT SEARCHES" if problems else "the same search on all sides")
        return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
