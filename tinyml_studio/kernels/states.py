"""What instructions keep from one run of the network to the next."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program

States = dict[str, Int64Array]
"""The integers of each state's tensor by its name, in its shape."""


def reset_states(program: Program, instructions: Iterable[Instruction]) -> States:
    """The states of some instructions before the first run: every value is the zero point."""
    return {
        name: np.full(program.tensors[name].shape, program.tensors[name].zero_point, np.int64)
        for item in instructions
        for name in item.states
    }


def consecutive(values: Int64Array) -> Int64Array:
    """Samples ``(N, T, ...)`` that follow each other as one sample ``(1, N * T, ...)``."""
    return values.reshape(1, -1, *values.shape[2:])
