# SPDX-License-Identifier: GPL-3.0-or-later
"""The house rules that a machine can check; docs/architecture.md says why they are there.

    python3 house.py RULE [--root FOLDER] [--binary FILE]

Each rule is a function from a Tree (or a binary) to a list of findings, one line each; none is the good case.
Exit code 0: nothing found, 1: findings, 2: wrong usage.
"""

import argparse
import pathlib
import re
import subprocess
import sys

# Lowest first; a folder may use its own level's folders, as long as they do not use each other in a circle.
CORE_LEVELS = [
    ["base"],
    ["data"],
    ["model"],
    ["training", "pruning", "evaluation", "attention"],
    ["statistics", "analysis", "figures"],
    ["study"],
]

SOURCE_SUFFIXES = {".h", ".cpp"}
SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
LINES_TO_REPORT = 400
LINES_TO_REFUSE = 600
# Recorded values, not sources.
DATA_FOLDERS = ("tests/goldens/",)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


class Tree:
    """The text files of a checkout: what git tracks or would track; every file where there is no git."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self._texts = {}
        listed = subprocess.run(["git", "-C", str(self.root), "ls-files", "-co", "--exclude-standard"],
                                capture_output=True, text=True, check=False) if (self.root / ".git").exists() else None
        if listed is not None and listed.returncode == 0:
            names = listed.stdout.splitlines()
        else:
            names = [str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()]
            names = [name for name in names if not name.startswith((".git/", ".venv/", "build/", "out/", ".ccache/"))]
        self.files = sorted(name for name in names if (self.root / name).is_file())

    def text(self, name):
        """Text of a file, None for a binary one."""
        if name not in self._texts:
            try:
                self._texts[name] = (self.root / name).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self._texts[name] = None
        return self._texts[name]

    def sources(self, *folders):
        return [name for name in self.files
                if pathlib.PurePath(name).suffix in SOURCE_SUFFIXES and (not folders or name.startswith(folders))]

    def includes(self, name):
        """(line, included path, is quoted) of every include of a source."""
        text = self.text(name) or ""
        for match in INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield line, match.group(1) or match.group(2), match.group(1) is not None


def is_qt(path):
    return re.match(r"Q[A-Z]|Qt[A-Z]\w*/|qt|qcustomplot", path) is not None


def is_torch(path):
    return re.match(r"(torch|ATen|c10|caffe2)/", path) is not None


def closure(tree, start):
    """Project files that `start` includes, directly or not, each with the file and line that brings it in."""
    origin = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        for line, path, _ in tree.includes(name):
            if path not in origin and path != start and (tree.root / path).is_file():
                origin[path] = f"{name}:{line}"
                waiting.append(path)
    return origin


def core_without_qt(tree):
    """core/ and app/cli must build on a server without Qt."""
    findings = []
    for name in tree.sources("core/", "app/cli/"):
        for line, path, _ in tree.includes(name):
            if is_qt(path) or path.startswith(("widgets/", "app/gui/")):
                findings.append(f"{name}:{line}: includes {path}: no Qt, no window in core/ and app/cli/")
    for name in tree.files:
        if name.startswith(("core/", "app/cli/")) and name.endswith("CMakeLists.txt"):
            for number, line in enumerate(tree.text(name).splitlines(), 1):
                if re.search(r"Qt6|QCustomPlot|lottery_widgets|AUTOMOC", line.split("#")[0]):
                    findings.append(f"{name}:{number}: links Qt or the widgets: '{line.strip()}'")
    return findings


def widgets_without_torch(tree):
    """Torch and Qt both want the word `slots`; widgets see plain values only, through all headers they include."""
    findings = []
    for name in tree.sources("widgets/"):
        reached = closure(tree, name)
        for holder in [name, *reached]:
            for line, path, _ in tree.includes(holder):
                if is_torch(path):
                    way = f" (brought in by {reached[holder]})" if holder != name else ""
                    findings.append(f"{name}: reaches torch through {holder}:{line} {path}{way}")
    for file in tree.files:
        if file.startswith("widgets/") and file.endswith("CMakeLists.txt"):
            for number, line in enumerate(tree.text(file).splitlines(), 1):
                if re.search(r"lottery_torch|TORCH|lottery_(model|study|training|evaluation)\b", line.split("#")[0]):
                    findings.append(f"{file}:{number}: links torch: '{line.strip()}'")
    return findings


def level_of(folder):
    for level, names in enumerate(CORE_LEVELS):
        if folder in names:
            return level
    return None


def layers(tree):
    """core/ folders use only lower ones; core knows no program, widgets know no app, sources know no tests."""
    findings = []
    uses = {}
    for name in tree.sources("core/", "widgets/", "app/"):
        top, folder = name.split("/")[0], name.split("/")[1]
        if top == "core" and level_of(folder) is None:
            findings.append(f"{name}: the folder core/{folder} has no level; give it one in tests/house/house.py and "
                            "docs/architecture.md")
            continue
        for line, path, quoted in tree.includes(name):
            parts = path.split("/")
            if parts[0] not in ("core", "widgets", "app", "tests") or len(parts) < 2 or not quoted:
                continue
            place = f"{name}:{line}: includes {path}"
            if parts[0] == "tests":
                findings.append(f"{place}: sources do not use tests")
            elif top == "core" and parts[0] != "core":
                findings.append(f"{place}: core/ uses nothing above it")
            elif top == "widgets" and parts[0] == "app":
                findings.append(f"{place}: widgets/ do not use app/")
            elif top == "core" and parts[1] != folder and len(parts) > 2:
                if level_of(parts[1]) is None or level_of(parts[1]) > level_of(folder):
                    findings.append(f"{place}: core/{parts[1]} lies above core/{folder}")
                elif level_of(parts[1]) == level_of(folder):
                    uses.setdefault(folder, {}).setdefault(parts[1], f"{name}:{line}")
    return findings + circles(uses)


def circles(uses):
    """Folders of one level that use each other in a circle."""
    findings = []

    def walk(path):
        for other in sorted(uses.get(path[-1], {})):
            if other == path[0]:
                if path[0] == min(path):
                    where = ", ".join(uses[a][b] for a, b in zip(path, path[1:] + path[:1]))
                    findings.append(f"circle of folders {' -> '.join([*path, other])} ({where})")
            elif other not in path:
                walk([*path, other])

    for folder in sorted(uses):
        walk([folder])
    return findings


def licence(tree):
    """Every source and script says its licence in its first lines."""
    findings = []
    for name in tree.files:
        if name.startswith(DATA_FOLDERS):
            continue
        text = tree.text(name)
        script = text is not None and text.startswith("#!")
        if script or name.endswith((".h", ".cpp", ".py", ".cmake")):
            head = "\n".join((text or "").splitlines()[:3])
            if text and SPDX not in head:
                findings.append(f"{name}:1: lacks the line '{SPDX}'")
    return findings


# Written in pieces, so that this file does not hold what it forbids.
FOREIGN = [
    ("a path of one machine", re.compile(r"(?<![\w./-])/(?:" + "wo" + r"rk|ro" + r"ot|ho" + r"me/(?!me/|user/)\w+|Us" + r"ers/\w+|"
                                         "tm" + r"p/\w+)(?![\w-])(?:/|\b)")),
    ("a package registry's host", re.compile("(?:py" + "pi|pytho" + "nhosted|download\\.pyto" + "rch|anac" + "onda|"
                                             "deb\\.deb" + "ian|archive\\.ub" + "untu|regis" + "try\\.npmjs)"
                                             r"(?:\.[a-z]+)+", re.IGNORECASE)),
    ("a network address", re.compile(r"(?<![\d.])(?!127\.0\.0\.1)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")),
]


def no_machine(tree):
    """No file knows the machine it was written on."""
    findings = []
    for name in tree.files:
        text = tree.text(name)
        if text is None or name == "LICENSE" or name.startswith(DATA_FOLDERS):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for what, pattern in FOREIGN:
                match = pattern.search(line)
                if match:
                    findings.append(f"{name}:{number}: {what}: '{match.group(0)}'")
    return findings


UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def finished(tree):
    """Nothing is left for later in a comment."""
    return [f"{name}:{number}: unfinished: '{line.strip()}'"
            for name in tree.files if tree.text(name) is not None and name != "LICENSE"
            and not name.startswith(DATA_FOLDERS)
            for number, line in enumerate(tree.text(name).splitlines(), 1) if UNFINISHED.search(line)]


def size(tree):
    """A source rarely above 400 lines (said), never above 600 (refused)."""
    findings = []
    for name in tree.sources() + [name for name in tree.files if name.endswith(".py")]:
        lines = (tree.text(name) or "").count("\n")
        if lines > LINES_TO_REFUSE:
            findings.append(f"{name}: {lines} lines; above {LINES_TO_REFUSE} it holds more than one concept")
        elif lines > LINES_TO_REPORT:
            print(f"note: {name}: {lines} lines")
    return findings


def binary_without_qt(binary):
    """The `lottery` command loads no Qt library, directly or through another."""
    direct = subprocess.run(["readelf", "-d", binary], capture_output=True, text=True, check=True).stdout
    loaded = subprocess.run(["ldd", binary], capture_output=True, text=True, check=True).stdout
    if "NEEDED" not in direct or "libc.so" not in loaded:
        return [f"{binary}: its libraries could not be read"]
    return qt_libraries(binary, direct + loaded)


def qt_libraries(binary, listing):
    names = sorted(set(re.findall(r"lib(?:Qt\d\w*|[Qq][Cc]ustom[Pp]lot\w*)\.so[\w.]*", listing)))
    return [f"{binary}: loads {name}" for name in names]


TREE_RULES = {rule.__name__.replace("_", "-"): rule
              for rule in (core_without_qt, widgets_without_torch, layers, licence, no_machine, finished, size)}


def main():
    parser = argparse.ArgumentParser(description="Checks one house rule.")
    parser.add_argument("rule", choices=[*TREE_RULES, "binary-without-qt"])
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--binary")
    options = parser.parse_args()
    if options.rule == "binary-without-qt":
        if not options.binary:
            parser.error("binary-without-qt wants --binary FILE")
        findings = binary_without_qt(options.binary)
    else:
        tree = Tree(options.root)
        if not tree.sources("core/"):
            parser.error(f"{options.root}: no sources in core/: is this the project's folder?")
        findings = TREE_RULES[options.rule](tree)
    for finding in findings:
        print(finding)
    print(f"{options.rule}: {len(findings)} finding{'' if len(findings) == 1 else 's'}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
