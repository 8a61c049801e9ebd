"""Compilers for tests: skip what is not installed, fail on any warning."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

WARNINGS = (
    *("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow"),
    *("-Wundef", "-Wcast-qual", "-Wtrigraphs", "-Werror"),
)


def need(*tools: str) -> None:
    """Skip the test when a tool is missing."""
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")


def compile_c(folder: Path, *arguments: str | Path) -> None:
    """Run a compiler in a folder; what it says is the reason of the failure."""
    need(str(arguments[0]))
    words = [str(word) for word in arguments]
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[:3000]
    assert done.stderr == ""


def implementation(folder: Path, header: str, prefix: str = "net", *defines: str) -> str:
    """Write a header and a source file that implements it; the name of the source file."""
    (folder / f"{prefix}.h").write_text(header, encoding="ascii")
    upper = prefix.upper()
    lines = [f"#define {upper}_{word}" for word in ("IMPLEMENTATION", *defines)]
    (folder / f"{prefix}.c").write_text("\n".join([*lines, f'#include "{prefix}.h"', ""]))
    return f"{prefix}.c"


def run_main(folder: Path, sources: list[str], *flags: str, compiler: str = "gcc") -> str:
    """Compile and run a program without arguments; its output. Anything on stderr is a failure."""
    compile_c(folder, compiler, *flags, *sources, "-o", "program")
    done = subprocess.run(
        [folder / "program"], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0, done.stdout
    return done.stdout
