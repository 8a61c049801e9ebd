"""What came out of a comparison between a compiled header and the simulator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """One build of the header that ran.

    Parameters
    ----------
    core
        Where it ran; ``host`` is this computer.
    compiler
        Name and version of the compiler.
    instructions
        Instructions of one inference, the most of all samples; None where nothing counts them.
    flash_bytes
        Code and constants of the header as compiled for this core, and of the library functions
        that it calls; on the host without those.
    ram_bytes
        The arena and what else is static.
    stack_bytes
        Deepest stack of one inference: seen on a core, computed by the compiler on the host; None
        where the compiler does not say.
    match
        Whether every output element and every layer's checksum of this build agreed.
    code_bytes
        Code alone, a part of `flash_bytes`.
    arena_bytes, weight_bytes
        As the header states them.
    layers
        Instructions of each layer of the program, in order; empty where nothing counts them.
    """

    core: str
    compiler: str
    instructions: int | None
    flash_bytes: int | None
    ram_bytes: int
    stack_bytes: int | None
    match: bool = True
    code_bytes: int | None = None
    arena_bytes: int = 0
    weight_bytes: int = 0
    layers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Header against simulator.

    Parameters
    ----------
    match
        Whether every output element and every layer's checksum agreed, in every build, for every
        sample.
    samples
        How many samples were compared.
    mismatched_elements
        Output elements that differ, over all builds and samples.
    first_layer_that_differs
        Name of the earliest layer whose checksum differs for any sample; None when all agree.
    runs
        One entry per build that ran.
    notes
        What did not run and why: a missing tool with its package, a core without an emulator.
    """

    match: bool
    samples: int
    mismatched_elements: int
    first_layer_that_differs: str | None
    runs: tuple[Run, ...]
    notes: tuple[str, ...] = ()
