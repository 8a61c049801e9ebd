"""The examples of the README do what it says."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "resources" / "examples", tmp_path / "resources" / "examples")
    return tmp_path


def run(command, folder):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_example_exports_a_header_and_saves_a_project(folder):
    code = re.search(r"```python\n(.*?)```", README, re.S)[1]
    said = run([sys.executable, "-c", code], folder)
    assert re.search(r"float 0\.9\d\d, integer 0\.9\d\d\nlook at \S+: \d+\.\d dB", said)
    assert "DIGITS_ARENA_BYTES" in (folder / "digits.h").read_text()
    assert (folder / "digits.tmls").is_file()


def test_the_terminal_example_runs_line_by_line(folder):
    example = folder / "resources" / "examples" / "digits"
    shutil.copy(example / "model.onnx", folder / "model.onnx")
    shutil.copy(example / "calibration.npz", folder / "samples.npz")
    shutil.copy(example / "test.npz", folder / "test.npz")
    lines = re.findall(r"^    tinyml-studio (.*?)(?:  +#.*)?$", README, re.M)
    assert len(lines) == 9
    for line in lines:
        arguments = shlex.split(line.replace("conv_2*", "*Conv"))
        run([sys.executable, "-m", "tinyml_studio", *arguments], folder)
    assert (folder / "model.h").is_file()


def test_the_c_example_compiles_with_the_exported_header(folder):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler")
    code = re.search(r"```python\n(.*?)```", README, re.S)[1]
    run([sys.executable, "-c", code], folder)
    (folder / "example.c").write_text(re.search(r"```c\n(.*?)```", README, re.S)[1])
    run([compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-c", "example.c"], folder)
