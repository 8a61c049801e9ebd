"""The code keeps the shape that was agreed on (docs/architecture.md, "Sizes")."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tinyml_studio"
SOURCES = sorted(PACKAGE.rglob("*.py"))
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize(
    "path", [*SOURCES, *sorted((ROOT / "resources" / "c").glob("*.c"))], ids=name
)
def test_file_is_short(path):
    assert len(path.read_text().splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_functions_are_short(path):
    long = {
        f"{node.name}:{node.lineno}": node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    }
    assert not long


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_only_the_theme_sets_style_sheets(path):
    if path.name != "theme.py":
        assert ".setStyleSheet(" not in path.read_text()


def test_no_vague_module_names():
    vague = {"utils", "common", "helpers", "misc"}
    assert not [name(path) for path in SOURCES if path.stem in vague or "manager" in path.stem]
