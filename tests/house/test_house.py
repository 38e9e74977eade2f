# SPDX-License-Identifier: GPL-3.0-or-later
"""The house rules must be able to fail: each finds what it forbids in a small made-up tree, and nothing else there."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import house

LICENCE = "// " + house.SPDX + "\n"
CLEAN = {
    "core/base/result.h": LICENCE + "#include <string>\n",
    "core/data/task.h": LICENCE + '#include "core/base/result.h"\n',
    "core/model/bert.h": LICENCE + '#include <torch/torch.h>\n#include "core/data/task.h"\n',
    "core/training/options.h": LICENCE + '#include "core/base/result.h"\n',
    "core/training/trainer.h": LICENCE + '#include "core/model/bert.h"\n#include "core/evaluation/metrics.h"\n',
    "core/evaluation/metrics.h": LICENCE + '#include "core/base/result.h"\n',
    "core/study/runs.h": LICENCE + '#include "core/training/options.h"\n',
    "core/study/runs.cpp": LICENCE + '#include "core/study/runs.h"\n#include "core/training/trainer.h"\n',
    "core/base/CMakeLists.txt": "lottery_add_library(lottery_base SOURCES result.cpp)\n",
    "app/cli/main.cpp": LICENCE + '#include "core/study/runs.h"\n',
    "app/gui/main.cpp": LICENCE + '#include <QApplication>\n#include "core/study/runs.h"\n#include "widgets/view.h"\n',
    "widgets/view.h": LICENCE + '#include <QWidget>\n#include "core/study/runs.h"\n',
    "widgets/CMakeLists.txt": "target_link_libraries(lottery_widgets PUBLIC Qt6::Widgets lottery_figures)\n",
    "tests/base/tst_result.cpp": LICENCE + '#include <QtTest>\n#include "core/base/result.h"\n',
    "docs/architecture.md": "# Architecture\n",
}

# rule, file, its text, what the finding names
VIOLATIONS = [
    ("core-without-qt", "core/data/reader.cpp", LICENCE + "#include <QString>\n", "core/data/reader.cpp:2"),
    ("core-without-qt", "core/data/reader.cpp", LICENCE + "#  include <QtCore/QFile>\n", "core/data/reader.cpp:2"),
    ("core-without-qt", "app/cli/main.cpp", LICENCE + '#include "widgets/view.h"\n', "app/cli/main.cpp:2"),
    ("core-without-qt", "app/cli/CMakeLists.txt", "target_link_libraries(lottery PRIVATE\n  Qt6::Core)\n",
     "app/cli/CMakeLists.txt:2"),
    ("widgets-without-torch", "widgets/view.cpp", LICENCE + "#include <torch/types.h>\n", "widgets/view.cpp:2"),
    ("widgets-without-torch", "widgets/view.cpp", LICENCE + "#include <ATen/ATen.h>\n", "widgets/view.cpp:2"),
    # Not in the widget itself, but two headers further.
    ("widgets-without-torch", "widgets/view.cpp", LICENCE + '#include "core/training/trainer.h"\n',
     "core/model/bert.h:2"),
    ("widgets-without-torch", "widgets/CMakeLists.txt", "target_link_libraries(lottery_widgets PUBLIC lottery_torch)\n",
     "widgets/CMakeLists.txt:1"),
    ("layers", "core/base/file.h", LICENCE + '\n#include "core/data/task.h"\n', "core/base/file.h:3"),
    ("layers", "core/model/bert.cpp", LICENCE + '#include "core/pruning/masks.h"\n', "core/model/bert.cpp:2"),
    ("layers", "core/evaluation/metrics.cpp", LICENCE + '#include "core/training/options.h"\n', "circle of folders"),
    ("layers", "core/study/view.cpp", LICENCE + '#include "widgets/view.h"\n', "core/study/view.cpp:2"),
    ("layers", "widgets/view.cpp", LICENCE + '#include "app/gui/job.h"\n', "widgets/view.cpp:2"),
    ("layers", "core/base/file.cpp", LICENCE + '#include "tests/support/goldens.h"\n', "core/base/file.cpp:2"),
    ("layers", "core/extra/thing.h", LICENCE, "core/extra"),
    ("licence", "core/base/file.cpp", "#include <string>\n", "core/base/file.cpp"),
    ("licence", "tests/reference/goldens.py", "import json\n", "tests/reference/goldens.py"),
    ("licence", "packaging/thing", "#!/usr/bin/env bash\necho\n", "packaging/thing"),
    ("no-machine", "docs/install.md", "Build in /ho" + "me/anna/lottery.\n", "docs/install.md:1"),
    ("no-machine", "tests/base/tst_a.cpp", LICENCE + 'open("/wo' + 'rk/data");\n', "tests/base/tst_a.cpp:2"),
    ("no-machine", "tests/base/tst_a.cpp", LICENCE + 'open("/tm' + 'p/x1/data");\n', "tests/base/tst_a.cpp:2"),
    ("no-machine", "packaging/setup", "pip install --index-url https://py" + "pi.org/simple torch\n",
     "packaging/setup:1"),
    ("no-machine", "docs/install.md", "Ask 192.168" + ".0.7 for it.\n", "docs/install.md:1"),
    ("finished", "core/base/file.cpp", LICENCE + "// TO" + "DO: later\n", "core/base/file.cpp:2"),
    ("size", "core/base/file.cpp", LICENCE + "int x;\n" * 601, "core/base/file.cpp"),
]


def write(root, files):
    for name, text in files.items():
        path = pathlib.Path(root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class Rules(unittest.TestCase):
    def test_a_clean_tree_has_no_findings(self):
        with tempfile.TemporaryDirectory() as root:
            write(root, CLEAN)
            tree = house.Tree(root)
            for name, rule in house.TREE_RULES.items():
                with self.subTest(rule=name):
                    self.assertEqual(rule(tree), [])

    def test_each_violation_is_found_by_its_rule_and_by_no_other(self):
        for name, file, text, named in VIOLATIONS:
            with self.subTest(rule=name, file=file, text=text), tempfile.TemporaryDirectory() as root:
                write(root, CLEAN | {file: text})
                tree = house.Tree(root)
                findings = house.TREE_RULES[name](tree)
                self.assertTrue(findings)
                self.assertIn(named, " ".join(findings))
                if name in ("licence", "no-machine", "finished", "size"):
                    for other in house.TREE_RULES.keys() - {name}:
                        self.assertEqual(house.TREE_RULES[other](tree), [], other)

    def test_every_rule_has_a_violation(self):
        self.assertEqual({name for name, *_ in VIOLATIONS}, set(house.TREE_RULES))

    def test_files_that_git_ignores_are_left_alone(self):
        with tempfile.TemporaryDirectory() as root:
            write(root, CLEAN | {".gitignore": "/out/\n", "out/file.py": "import json\n", "new.py": "import json\n"})
            subprocess.run(["git", "init", "-q", root], check=True)
            findings = house.licence(house.Tree(root))
            self.assertEqual([finding.split(":")[0] for finding in findings], ["new.py"])

    def test_qt_libraries_are_recognised(self):
        listing = ("\tlibtorch_cpu.so => /x/libtorch_cpu.so\n\tlibQt6Core.so.6 => /usr/lib/libQt6Core.so.6\n"
                   "\tlibQCustomPlotQt6.so.2.1 => /usr/lib/libQCustomPlotQt6.so.2.1\n\tlibc.so.6 => /lib/libc.so.6\n")
        self.assertEqual(house.qt_libraries("lottery", listing),
                         ["lottery: loads libQCustomPlotQt6.so.2.1", "lottery: loads libQt6Core.so.6"])
        self.assertEqual(house.qt_libraries("lottery", "\tlibtorch_cpu.so\n\tlibc.so.6\n"), [])

    def test_the_command_ends_with_one_on_findings_and_two_on_a_wrong_folder(self):
        script = pathlib.Path(house.__file__)
        with tempfile.TemporaryDirectory() as root:
            wrong = subprocess.run([sys.executable, script, "licence", "--root", root], capture_output=True, check=False)
            self.assertEqual(wrong.returncode, 2)
            write(root, CLEAN)
            good = subprocess.run([sys.executable, script, "licence", "--root", root], capture_output=True, check=False)
            self.assertEqual(good.returncode, 0)
            write(root, {"core/base/file.cpp": "int x;\n"})
            bad = subprocess.run([sys.executable, script, "licence", "--root", root], capture_output=True, check=False)
            self.assertEqual(bad.returncode, 1)


if __name__ == "__main__":
    unittest.main()
