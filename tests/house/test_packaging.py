# SPDX-License-Identifier: GPL-3.0-or-later
"""packaging/setup, run and test: options, remembered choices and failures, in a copy of the folder.

Python and pip are stand-ins that do what the real ones do to the disk, without a network: what is tested is what
the scripts ask for, and what they say when it fails.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

PACKAGING = pathlib.Path(__file__).resolve().parents[2] / "packaging"

# python3: answers what the script asks of the system's Python, and makes a virtual environment whose python
# "installs" an empty LibTorch and writes down each call of pip.
PYTHON = r"""#!/usr/bin/env bash
case "$*" in
    --version) echo "Python 3.99.0" ;;
    "-c import ensurepip, venv") ;;
    "-m venv "*)
        [[ -z "${FAIL_VENV:-}" ]] || { echo "ensurepip is not available" >&2; exit 1; }
        mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-c import pip") ;;
    "-c import sysconfig"*) echo "$(dirname "$(dirname "$0")")/lib/site-packages" ;;
    "-m pip "*)
        echo "$*" >>"$PIP_LOG"
        torch="$(dirname "$(dirname "$0")")/lib/site-packages/torch"
        case "$*" in
            *uninstall*) rm -rf "$torch" ;;
            *)
                [[ -z "${FAIL_PIP:-}" ]] || { echo "ERROR: No matching distribution found" >&2; exit 1; }
                mkdir -p "$torch/lib" "$torch/share/cmake/Torch"
                touch "$torch/lib/libtorch_cpu.so" "$torch/share/cmake/Torch/TorchConfig.cmake"
                echo "set(PACKAGE_VERSION \"${*##*==}\")" >"$torch/share/cmake/Torch/TorchConfigVersion.cmake" ;;
        esac ;;
    *) echo "unexpected call of python: $*" >&2; exit 70 ;;
esac
"""


class Packaging(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name) / "a project"
        shutil.copytree(PACKAGING, self.root / "packaging")
        self.tools = pathlib.Path(folder.name) / "tools"
        self.tools.mkdir()
        (self.tools / "python3").write_text(PYTHON)
        (self.tools / "python3").chmod(0o755)
        self.pip_log = pathlib.Path(folder.name) / "pip.log"
        self.pip_log.write_text("")

    def run_script(self, script, *arguments, **environment):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("LOTTERY_")}
        kept |= {"PATH": f"{self.tools}:{kept['PATH']}", "PIP_LOG": str(self.pip_log)} | environment
        return subprocess.run([self.root / "packaging" / script, *arguments], capture_output=True, text=True, env=kept,
                              cwd="/", check=False)

    def setup_script(self, *arguments, **environment):
        return self.run_script("setup", "--no-apt", *arguments, **environment)

    def libtorch(self, name, version="2.5.0"):
        folder = self.root.parent / name
        (folder / "share/cmake/Torch").mkdir(parents=True)
        (folder / "share/cmake/Torch/TorchConfig.cmake").write_text("")
        (folder / "share/cmake/Torch/TorchConfigVersion.cmake").write_text(f'set(PACKAGE_VERSION "{version}")\n')
        return folder

    def used(self):
        return (self.root / "build/setup/libtorch").read_text().strip()

    def pip_calls(self):
        return self.pip_log.read_text().splitlines()

    def test_help_and_wrong_usage(self):
        for script in ("setup", "run", "test", "lint"):
            with self.subTest(script=script):
                done = self.run_script(script, "--help")
                self.assertEqual(done.returncode, 0)
                self.assertIn(f"Usage: packaging/{script}", done.stdout)
        for script, arguments in (("setup", ["--torch"]), ("test", ["--presets"]), ("test", ["--preset"]),
                                  ("test", ["--preset", "fast"]), ("lint", ["--everything"])):
            with self.subTest(script=script, arguments=arguments):
                self.assertEqual(self.run_script(script, *arguments).returncode, 2)
        self.assertFalse((self.root / "build").exists())

    def test_the_wheel_is_installed_once(self):
        done = self.setup_script()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.pip_calls()), 1)
        self.assertIn("torch==2.13.0", self.pip_calls()[0])
        self.assertEqual(self.used(), str(self.root / ".venv/lib/site-packages/torch"))
        self.assertEqual(self.setup_script().returncode, 0)
        self.assertEqual(len(self.pip_calls()), 1)

    def test_an_interrupted_installation_is_repeated(self):
        self.setup_script()
        (self.root / ".venv/lottery-setup").unlink()
        self.assertEqual(self.setup_script().returncode, 0)
        self.assertEqual(len(self.pip_calls()), 2)
        (self.root / ".venv/lib/site-packages/torch/lib/libtorch_cpu.so").unlink()
        self.assertEqual(self.setup_script().returncode, 0)
        self.assertEqual(len(self.pip_calls()), 3)

    def test_version_and_index_are_used_and_remembered(self):
        for how in ({"arguments": ["--torch-version", "2.9.1", "--torch-index", "mirror"]},
                    {"LOTTERY_TORCH_VERSION": "2.9.1", "LOTTERY_TORCH_INDEX": "mirror"}):
            with self.subTest(how=how):
                self.setUp()
                done = self.setup_script(*how.pop("arguments", []), **how)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("--index-url mirror torch==2.9.1", self.pip_calls()[-1])
                again = self.setup_script()
                self.assertEqual(len(self.pip_calls()), 1)
                self.assertIn("torch 2.9.1 from mirror", again.stdout)
                self.setup_script("--defaults")
                self.assertIn("torch==2.13.0", self.pip_calls()[-1])
                self.assertNotIn("mirror", self.pip_calls()[-1])

    def test_another_index_replaces_the_same_version(self):
        self.setup_script()
        self.setup_script("--torch-index", "mirror")
        self.assertEqual([("uninstall" in call, "mirror" in call) for call in self.pip_calls()],
                         [(False, False), (True, False), (False, True)])

    def test_an_existing_libtorch_is_used_and_remembered(self):
        folder = self.libtorch("lib torch")
        done = self.setup_script("--libtorch", str(folder))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("LibTorch 2.5.0", done.stdout)
        self.assertEqual(self.used(), str(folder))
        self.assertEqual(self.setup_script().returncode, 0)
        self.assertEqual(self.used(), str(folder))
        other = self.libtorch("other")
        self.assertEqual(self.setup_script(LOTTERY_LIBTORCH=str(other)).returncode, 0)
        self.assertEqual(self.used(), str(other))
        self.assertEqual(self.pip_calls(), [])
        self.assertFalse((self.root / ".venv").exists())

    def test_a_folder_that_is_no_libtorch_is_refused_and_forgotten(self):
        (self.root.parent / "empty").mkdir()
        for name, said in (("nowhere", "no such folder"), ("empty", "share/cmake/Torch/TorchConfig.cmake")):
            with self.subTest(name=name):
                done = self.setup_script("--libtorch", str(self.root.parent / name))
                self.assertEqual(done.returncode, 1)
                self.assertIn(said, done.stderr)
        self.assertFalse((self.root / "build/setup/choice").exists())
        done = self.setup_script("--libtorch", str(self.libtorch("good")), "--torch-version", "2.9.1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("exclude each other", done.stderr)

    def test_failures_of_python_and_pip_say_what_to_do(self):
        done = self.setup_script(FAIL_VENV="1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("python3-venv", done.stderr)
        self.assertFalse((self.root / ".venv").exists())
        done = self.setup_script("--torch-version", "0.0.1", FAIL_PIP="1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not install torch 0.0.1", done.stderr)
        self.assertIn("--libtorch DIR", done.stderr)
        self.assertFalse((self.root / ".venv/lottery-setup").exists())
        self.assertFalse((self.root / "build/setup/choice").exists())
        self.assertEqual(self.setup_script().returncode, 0)


if __name__ == "__main__":
    unittest.main()
