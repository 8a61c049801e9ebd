"""Lines through a function of 16-bit values that are nowhere a whole step from it.

Where a function bends too much for a line (at the ends of a hard sigmoid, next to a pole) the
values themselves are held. Of several lengths of lines that which takes the fewest bytes is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT8, INT16, Int32Array, Int64Array
from tinyml_studio.program.program import QuantizedTensor

RealFunction = Callable[[NDArray[Any]], NDArray[Any]]
_SHIFTS = (7, 6, 5, 4)
_COUNT = 1 << INT16.bits


@dataclass(frozen=True, eq=False)
class Pieces:
    """The tables of an instruction `Piecewise`."""

    shift: int
    table: Int32Array
    page: Int32Array
    values: Int32Array

    @property
    def nbytes(self) -> int:
        """Of all tables together in flash."""
        narrow = self.page.max(initial=0) <= INT8.max
        return 2 * (self.table.size + self.values.size) + self.page.size * (1 if narrow else 2)


def pieces(function: RealFunction, *, source: QuantizedTensor, output: QuantizedTensor) -> Pieces:
    """The shortest tables for a function.

    Parameters
    ----------
    function
        Float64 array to float64 array; what is not finite is limited by the output's type.
    source, output
        The 16-bit input and the output.
    """
    steps = _steps(function, source, output)
    return min((_of_lines(steps, shift) for shift in _SHIFTS), key=lambda made: made.nbytes)


def _steps(
    function: RealFunction, source: QuantizedTensor, output: QuantizedTensor
) -> NDArray[np.float64]:
    """The function at every input and one beyond, in real steps of the output."""
    inputs = np.arange(INT16.min, INT16.max + 2) - source.zero_point
    real = (inputs.astype(np.float32) * np.float32(source.scale)).astype(np.float64)
    with np.errstate(all="ignore"):
        made = np.asarray(function(real)) / np.float64(np.float32(output.scale))
    held = np.nan_to_num(made, nan=0.0) + output.zero_point
    return np.clip(held, output.type.min, output.type.max)


def _of_lines(steps: NDArray[np.float64], shift: int) -> Pieces:
    """Lines over ``2**shift`` inputs each, and the values of the pieces that they miss."""
    length = 1 << shift
    table = np.rint(steps[::length]).astype(np.int32)
    exact = steps[:_COUNT].reshape(-1, length)
    along = np.arange(length, dtype=np.int64)
    ends = table.astype(np.int64)
    rise: Int64Array = (ends[1:] - ends[:-1])[:, None] * along + (length >> 1)
    lines = ends[:-1, None] + (rise >> shift)
    missed = (np.abs(lines - exact) >= 1.0).any(axis=1)
    page = np.where(missed, np.cumsum(missed), 0).astype(np.int32)
    return Pieces(shift, table, page, np.rint(exact[missed]).astype(np.int32))
