"""The header compiled for this computer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tinyml_studio.program.program import Program
from tinyml_studio.verify.build import (
    CHECKED,
    DRIVER,
    HARNESS_FLAGS,
    MODEL,
    Build,
    firmware,
    stated_bytes,
    write_sources,
)
from tinyml_studio.verify.compiler import Compiler, find_compiler
from tinyml_studio.verify.footprint import code_bytes, flash_bytes, stack_bytes
from tinyml_studio.verify.process import run_tool
from tinyml_studio.verify.report import Run

_MODEL_FLAGS = ("-std=c99", "-O2")


def build_host(
    header: str,
    prefix: str,
    program: Program,
    *,
    compiler: str | None,
    folder: Path,
    tick: Callable[[], None],
) -> Build:
    """Compile and measure a header with a compiler of this computer.

    Raises
    ------
    ToolError
        If there is no compiler, or the header does not compile.
    """
    chosen = find_compiler(compiler, folder=folder, tick=tick)
    write_sources(program, prefix, header, folder)
    _compile(chosen, folder, tick)
    size = _size(folder, tick)
    run = Run(
        core="host",
        compiler=chosen.version,
        instructions=None,
        flash_bytes=None if size is None else flash_bytes(size),
        ram_bytes=stated_bytes(header, prefix, "ARENA_BYTES"),
        stack_bytes=_stack(folder, prefix),
        code_bytes=None if size is None else code_bytes(size),
        arena_bytes=stated_bytes(header, prefix, "ARENA_BYTES"),
        weight_bytes=stated_bytes(header, prefix, "WEIGHT_BYTES"),
    )
    return Build(run, folder, (folder / "driver",))


def _compile(compiler: Compiler, folder: Path, tick: Callable[[], None]) -> None:
    stack = ["-fcallgraph-info=su"] if compiler.is_gcc else []
    parts = [[*_MODEL_FLAGS, *stack, "-c", MODEL], [*_MODEL_FLAGS, "-c", CHECKED]]
    compiler.compile_all(parts, folder=folder, tick=tick)
    sources: list[str | Path] = [DRIVER, firmware("harness_host.c"), "model.o", "checked.o"]
    flags = ["-std=c99", *HARNESS_FLAGS, f"-I{firmware()}"]
    compiler.compile([*flags, *sources, "-o", "driver"], folder=folder, tick=tick)


def _size(folder: Path, tick: Callable[[], None]) -> str | None:
    """What ``size -A`` says of the header alone; None without that tool."""
    if shutil.which("size") is None:
        return None
    return run_tool(["size", "-A", "model.o"], folder=folder, timeout=30.0, tick=tick)


def _stack(folder: Path, prefix: str) -> int | None:
    graph = folder / "model.ci"
    return stack_bytes(graph.read_text(), f"{prefix}_invoke") if graph.exists() else None
