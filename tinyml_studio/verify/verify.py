"""Verification: compile the header, run it here and on a core, compare it with the simulator."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.emit.checksum import layer_outputs
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, silent
from tinyml_studio.verify.build import Build
from tinyml_studio.verify.compare import Outcome, compare
from tinyml_studio.verify.cross import build_for, missing_tools, stand_in
from tinyml_studio.verify.host import build_host
from tinyml_studio.verify.report import VerifyReport

_HOST_BATCH = 32
_EMULATOR_BATCH = 4


@dataclass(frozen=True, slots=True)
class Means:
    """With what a header is compiled and run.

    Parameters
    ----------
    core
        A core of the targets: it is compiled for and emulated too, where the tools are installed;
        None means this computer only.
    compiler
        A host compiler's command; by default that of the variable CC, or the first installed one.
    timeout
        Seconds that one run of a compiled program may take.
    """

    core: str | None = None
    compiler: str | None = None
    timeout: float = 300.0


ON_THE_HOST = Means()


def verify(
    header: str,
    prefix: str,
    program: Program,
    inputs: Mapping[str, IntArray],
    *,
    means: Means = ON_THE_HOST,
    progress: Progress = silent,
) -> VerifyReport:
    """Compare every output byte and every layer's checksum of every sample.

    Parameters
    ----------
    header
        Text of the header that `c_header` wrote for `program`.
    prefix
        Prefix of its names.
    program
        What the simulator runs.
    inputs
        Integers in the graph's layout, ``(N, *shape)`` in the carrier type, by tensor name.
    means
        With what.
    progress
        Told for what a compiler works (without a total: nobody knows how long it takes), then
        after every batch; and often while a compiler or a program runs.

    Raises
    ------
    ToolError
        If there is no host compiler, or the header does not compile or run.
    """
    told = _Told(progress, len(next(iter(inputs.values()))))
    emitted = _Emitted(header, prefix, program)
    with tempfile.TemporaryDirectory(prefix="tinyml-studio-") as name:
        builds, notes = _builds(emitted, means, Path(name), told)
        told.begin(_running(builds), told.count)
        outcomes = _outcomes(program, inputs, builds, means.timeout, told)
    return _report(program, builds, outcomes, told.count, notes)


@dataclass(slots=True)
class _Told:
    """What is being done, repeated while a tool runs so that a cancel is heard.

    `count` samples are run in all; `total` are those of this phase, 0 while a compiler works.
    """

    progress: Progress
    count: int
    what: str = ""
    done: int = 0
    total: int = 0

    def begin(self, what: str, total: int = 0) -> None:
        """Say that something else is done now."""
        self.what, self.total = what, total
        self.tick()

    def tick(self) -> None:
        """Say again how far it is."""
        self.progress(self.done, self.total, self.what)


@dataclass(frozen=True, slots=True)
class _Emitted:
    """A header, the prefix of its names, and the program that it was written for."""

    header: str
    prefix: str
    program: Program


def _builds(
    emitted: _Emitted, means: Means, folder: Path, told: _Told
) -> tuple[list[Build], tuple[str, ...]]:
    """The builds that can be made here, and notes about those that cannot."""
    core, what = means.core, (emitted.header, emitted.prefix, emitted.program)
    here = _new(folder, "host")
    told.begin("compiling for this computer")
    builds = [build_host(*what, compiler=means.compiler, folder=here, tick=told.tick)]
    if core is None:
        return builds, ()
    notes = missing_tools(core)
    if not notes:
        told.begin(f"compiling for {core}")
        builds.append(build_for(core, *what, folder=_new(folder, "core"), tick=told.tick))
        notes = stand_in(core)
    return builds, notes


def _running(builds: Sequence[Build]) -> str:
    """What runs the samples."""
    cores = "".join(f" and on {held.run.core}" for held in builds[1:])
    return f"running samples on this computer{cores}"


def _outcomes(
    program: Program,
    inputs: Mapping[str, IntArray],
    builds: Sequence[Build],
    timeout: float,
    told: _Told,
) -> list[Outcome]:
    """What every build did on all samples, batch after batch."""
    outcomes = [Outcome() for _ in builds]
    size = _HOST_BATCH if len(builds) == 1 else _EMULATOR_BATCH
    while told.done < told.count:
        batch = {key: values[told.done : told.done + size] for key, values in inputs.items()}
        seen = compare(program, batch, builds, timeout=timeout, tick=told.tick)
        outcomes = [held.with_(more) for held, more in zip(outcomes, seen, strict=True)]
        told.done = min(told.done + size, told.count)
        told.tick()
    return outcomes


def _new(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    return place


def _report(
    program: Program,
    builds: list[Build],
    outcomes: list[Outcome],
    count: int,
    notes: tuple[str, ...],
) -> VerifyReport:
    total = Outcome()
    for outcome in outcomes:
        total = total.with_(outcome)
    layers = [layer for layer, _ in layer_outputs(program)]
    return VerifyReport(
        match=total.match,
        samples=count,
        mismatched_elements=total.elements,
        first_layer_that_differs=None if total.layer is None else layers[total.layer],
        runs=tuple(held.finish(build) for held, build in zip(outcomes, builds, strict=True)),
        notes=notes,
    )
