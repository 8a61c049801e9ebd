"""The import contracts hold, and they are seen to fail on a planted fault."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAULTS = {
    "the core imports the window": ("ir/planted.py", "import tinyml_studio.gui\n"),
    "a kernel imports Qt": ("kernels/planted.py", "import PySide6\n"),
    "the emitter reads ONNX": ("emit/planted.py", "import onnx\n"),
    "the simulator calls ONNX Runtime": ("simulate/planted.py", "import onnxruntime\n"),
    "a stray top-level module": ("planted.py", ""),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tinyml_studio", folder / "tinyml_studio", ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold(copy):
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_breaks_a_contract(copy, fault):
    place, code = FAULTS[fault]
    planted = copy / "tinyml_studio" / place
    planted.write_text(code)
    try:
        assert lint_imports(copy).returncode != 0
    finally:
        planted.unlink()
