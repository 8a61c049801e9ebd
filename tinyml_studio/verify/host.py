"""Verification on this computer: compile the header, run it, compare it with the simulator."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.emit.checksum import layer_checksums, layer_outputs
from tinyml_studio.errors import ToolError
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.run import run
from tinyml_studio.verify.compiler import find_compiler
from tinyml_studio.verify.driver import driver
from tinyml_studio.verify.footprint import flash_bytes, stack_bytes
from tinyml_studio.verify.process import run_tool
from tinyml_studio.verify.report import Run, VerifyReport

__all__ = ["Run", "VerifyReport", "verify_host"]

_HEADER = "model.h"
_BATCH = 32
_WHAT = "verifying"
_FLAGS = ("-std=c99", "-O2")


@dataclass(frozen=True, slots=True)
class _Difference:
    """What differs in one batch: output elements, and the index of the first layer."""

    elements: int = 0
    layer: int | None = None

    def with_(self, other: _Difference) -> _Difference:
        """Both batches together."""
        layers = [held.layer for held in (self, other) if held.layer is not None]
        return _Difference(self.elements + other.elements, min(layers, default=None))


def verify_host(
    header: str,
    prefix: str,
    program: Program,
    inputs: Mapping[str, IntArray],
    *,
    compiler: str | None = None,
    timeout: float = 300.0,
    progress: Progress = silent,
) -> VerifyReport:
    """Compare every output byte and every layer's checksum of every sample.

    Parameters
    ----------
    header, prefix, program
        The header that `c_header` wrote for the program, and the prefix of its names.
    inputs
        Integers in the graph's layout, ``(N, *shape)`` in the carrier type, by tensor name.
    compiler
        A command; by default that of the variable CC or the first installed.
    timeout
        Seconds for one run of the compiled program.
    progress
        Told after every batch, and often while a tool runs.

    Raises
    ------
    ToolError
        If there is no compiler, or the header does not compile or run.
    """
    count = len(next(iter(inputs.values())))
    tick = partial(progress, 0, count, _WHAT)
    tick()
    with tempfile.TemporaryDirectory(prefix="tinyml-studio-") as name:
        folder = Path(name)
        built = _build(header, prefix, program, folder, compiler, tick)
        found = _compare_all(program, inputs, folder, timeout=timeout, progress=progress)
    return _report(program, count, found, built)


def _report(program: Program, count: int, found: _Difference, built: Run) -> VerifyReport:
    layers = [layer for layer, _ in layer_outputs(program)]
    differs = None if found.layer is None else layers[found.layer]
    match = found.elements == 0 and differs is None
    return VerifyReport(match, count, found.elements, differs, (built,))


def _compare_all(
    program: Program,
    inputs: Mapping[str, IntArray],
    folder: Path,
    *,
    timeout: float,
    progress: Progress,
) -> _Difference:
    """Compare batch by batch."""
    count = len(next(iter(inputs.values())))
    found, done = _Difference(), 0

    def tick() -> None:
        progress(done, count, _WHAT)

    while done < count:
        batch = {key: values[done : done + _BATCH] for key, values in inputs.items()}
        found = found.with_(_compare(program, batch, folder, timeout=timeout, tick=tick))
        done = min(done + _BATCH, count)
        tick()
    return found


def _build(
    header: str,
    prefix: str,
    program: Program,
    folder: Path,
    command: str | None,
    tick: Callable[[], None],
) -> Run:
    """Compile the driver, and the header alone for its size."""
    compiler = find_compiler(command, folder=folder, tick=tick)
    name = prefix.upper()
    (folder / _HEADER).write_text(header, encoding="ascii", newline="\n")
    alone = f'#define {name}_IMPLEMENTATION\n#include "{_HEADER}"\n'
    (folder / "alone.c").write_text(alone, encoding="ascii")
    (folder / "driver.c").write_text(driver(program, prefix, _HEADER), encoding="ascii")
    compiler.compile([*_FLAGS, "driver.c", "-o", "driver"], folder=folder, tick=tick)
    stack = ["-fcallgraph-info=su"] if compiler.is_gcc else []
    compiler.compile([*_FLAGS, *stack, "-c", "alone.c"], folder=folder, tick=tick)
    return Run(
        core="host",
        compiler=compiler.version,
        instructions=None,
        flash_bytes=_flash(folder, tick),
        ram_bytes=_arena_bytes(folder / _HEADER, name),
        stack_bytes=_stack(folder, prefix),
    )


def _flash(folder: Path, tick: Callable[[], None]) -> int | None:
    """Flash of the header alone; None without the tool ``size``."""
    if shutil.which("size") is None:
        return None
    return flash_bytes(run_tool(["size", "-A", "alone.o"], folder=folder, timeout=30.0, tick=tick))


def _stack(folder: Path, prefix: str) -> int | None:
    graph = folder / "alone.ci"
    return stack_bytes(graph.read_text(), f"{prefix}_invoke") if graph.exists() else None


def _arena_bytes(header: Path, name: str) -> int:
    """The arena's size, as the header states it."""
    start = f"#define {name}_ARENA_BYTES "
    for line in header.read_text(encoding="ascii").splitlines():
        if line.startswith(start):
            return int(line.removeprefix(start))
    raise ToolError(f"The header does not state {name}_ARENA_BYTES")


def _compare(
    program: Program,
    batch: Mapping[str, IntArray],
    folder: Path,
    *,
    timeout: float,
    tick: Callable[[], None],
) -> _Difference:
    """Run one batch in the simulator and in C."""
    trace = run(program, batch, progress=lambda _done, _total, _what: tick())
    count = len(next(iter(batch.values())))
    samples = [
        b"".join(np.ascontiguousarray(batch[name][i]).tobytes() for name in program.inputs)
        for i in range(count)
    ]
    (folder / "inputs").write_bytes(b"".join(samples))
    run_tool([folder / "driver", "inputs", "results"], folder=folder, timeout=timeout, tick=tick)
    layers = len(program.by_layer)
    fields = [
        (f"output_{i}", program.tensors[name].type.carrier, program.tensors[name].shape)
        for i, name in enumerate(program.outputs)
    ]
    record = np.dtype([*fields, ("checksums", np.uint32, (layers,))])
    results = np.frombuffer((folder / "results").read_bytes(), record)
    if len(results) != count:
        raise ToolError(f"The compiled header answered for {len(results)} of {count} samples")
    elements = sum(
        int(np.count_nonzero(results[f"output_{i}"] != trace.values[name]))
        for i, name in enumerate(program.outputs)
    )
    expected = layer_checksums(program, trace.values)
    found = np.flatnonzero((results["checksums"] != expected).any(axis=0))
    return _Difference(elements, int(found[0]) if found.size else None)
