"""Builds of a header against the simulator, batch after batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.emit.checksum import layer_checksums
from tinyml_studio.errors import ToolError
from tinyml_studio.program.program import Program
from tinyml_studio.simulate.run import run
from tinyml_studio.verify.build import Build
from tinyml_studio.verify.driver import INPUTS, RESULTS, record_type
from tinyml_studio.verify.process import run_tool
from tinyml_studio.verify.report import Run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one build did on some samples.

    Parameters
    ----------
    elements
        Output elements that differ.
    layer
        Index of the first layer that differs, or None.
    ticks, stack
        The largest of all samples.
    laps
        Ticks of each layer in the first sample; empty before it.
    """

    elements: int = 0
    layer: int | None = None
    ticks: int = 0
    stack: int = 0
    laps: tuple[int, ...] = ()

    def with_(self, other: Outcome) -> Outcome:
        """Both together."""
        layers = [held.layer for held in (self, other) if held.layer is not None]
        return Outcome(
            self.elements + other.elements,
            min(layers, default=None),
            max(self.ticks, other.ticks),
            max(self.stack, other.stack),
            self.laps or other.laps,
        )

    @property
    def match(self) -> bool:
        """Whether nothing differs."""
        return self.elements == 0 and self.layer is None

    def finish(self, build: Build) -> Run:
        """The build's run with what was counted."""
        if not build.instructions_per_tick:
            return replace(build.run, match=self.match)
        instructions = round(self.ticks * build.instructions_per_tick)
        return replace(
            build.run,
            match=self.match,
            instructions=instructions,
            stack_bytes=self.stack,
            layers=tuple(round(lap * build.instructions_per_tick) for lap in self.laps),
        )


def compare(
    program: Program,
    batch: Mapping[str, IntArray],
    builds: Sequence[Build],
    *,
    timeout: float,
    tick: Callable[[], None],
) -> tuple[Outcome, ...]:
    """Run one batch in the simulator and in every build.

    Raises
    ------
    ToolError
        If a build fails, takes too long or does not answer for every sample.
    """
    trace = run(program, batch, progress=lambda _done, _total, _what: tick())
    count = len(next(iter(batch.values())))
    samples = b"".join(
        np.ascontiguousarray(batch[name][i]).tobytes()
        for i in range(count)
        for name in program.inputs
    )
    outcomes = []
    for build in builds:
        (build.folder / INPUTS).write_bytes(samples)
        run_tool(build.command, folder=build.folder, timeout=timeout, tick=tick)
        data = (build.folder / RESULTS).read_bytes()
        record = record_type(program)
        if len(data) != count * record.itemsize:
            raise ToolError(
                f"The header on {build.run.core} answered for "
                f"{len(data) // record.itemsize} of {count} samples"
            )
        outcomes.append(_outcome(program, np.frombuffer(data, record), trace.values))
    return tuple(outcomes)


def _outcome(
    program: Program, results: NDArray[np.void], values: Mapping[str, IntArray]
) -> Outcome:
    elements = sum(
        int(np.count_nonzero(results[f"output_{i}"] != values[name]))
        for i, name in enumerate(program.outputs)
    )
    expected = layer_checksums(program, values)
    found = np.flatnonzero((results["checksums"] != expected).any(axis=0))
    return Outcome(
        elements,
        int(found[0]) if found.size else None,
        int(results["ticks"].max()),
        int(results["stack"].max()),
        tuple(results["laps"][0].tolist()),
    )
