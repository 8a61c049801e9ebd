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
        Instructions of one inference; None where nothing counts them.
    flash_bytes
        Code and constants of the header as compiled for this core.
    ram_bytes
        The arena.
    stack_bytes
        Deepest stack of one inference; None where the compiler does not say.
    """

    core: str
    compiler: str
    instructions: int | None
    flash_bytes: int | None
    ram_bytes: int
    stack_bytes: int | None


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Header against simulator.

    Parameters
    ----------
    match
        Whether every output element and every layer's checksum agreed, for every sample.
    samples
        How many samples were compared.
    mismatched_elements
        Output elements that differ, over all samples.
    first_layer_that_differs
        Name of the earliest layer whose checksum differs for any sample; None when all agree.
    runs
        One entry per build that ran.
    """

    match: bool
    samples: int
    mismatched_elements: int
    first_layer_that_differs: str | None
    runs: tuple[Run, ...]
