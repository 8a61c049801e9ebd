"""Sums of two rescaled 8-bit operands: a float form proven on every pair, or a table of all pairs.

Two operands of 8 bits or fewer have at most 65536 pairs of values, so that the proof simply
compares all of them. ``rint(a * A + b * B)`` differs from the integer rule on a few pairs close to
a tie; factors changed by some parts in a million move those, and one such choice nearly always
agrees everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, Int64Array
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.kernels.sums import limited_sums
from tinyml_studio.program.instructions import Add
from tinyml_studio.program.program import QuantizedTensor

_NUDGES = (0.0, *(sign * 2.0**-power for power in range(24, 16, -1) for sign in (1, -1)))


@dataclass(frozen=True, eq=False)
class PairForm:
    """``clip(rint(a * factor_a + b * factor_b), low, high)`` in float32."""

    factor_a: np.float32
    factor_b: np.float32
    low: int
    high: int

    def __call__(self, a: FloatArray, b: FloatArray) -> FloatArray:
        """Centred operands that broadcast, to outputs counted from their zero point."""
        left, right = a * self.factor_a, b * self.factor_b
        total: FloatArray = np.add(left, right)
        np.rint(total, out=total)
        np.clip(total, np.float32(self.low), np.float32(self.high), out=total)
        return total


@dataclass(frozen=True, eq=False)
class PairTable:
    """Every result in a table, by the values of `a` (rows) and `b` (columns)."""

    table: FloatArray
    first_a: int
    first_b: int

    def __call__(self, a: FloatArray, b: FloatArray) -> FloatArray:
        """Centred operands that broadcast, to outputs counted from their zero point."""
        columns = np.float32(self.table.shape[1])
        index = (a - np.float32(self.first_a)) * columns + (b - np.float32(self.first_b))
        return self.table.reshape(-1)[index.astype(np.int32)]


@planned
def pair_plan(item: Add, inputs: Grids, output: QuantizedTensor) -> PairForm | PairTable:
    """The fastest way that gives the rule's result for every pair of 4- or 8-bit values."""
    a, b = (centred_values(tensor) for tensor in inputs)
    # what one step of an operand adds to the output
    scale = 2.0**item.left_shift * _real(item.multiplier_out)
    sign = -1 if item.subtract else 1
    return form_of_pairs(
        limited_sums(item, a[:, None], b[None], output).astype(np.float32),
        (a, b),
        factors=(scale * _real(item.multiplier_a), scale * _real(item.multiplier_b) * sign),
        limits=(item.low - output.zero_point, item.high - output.zero_point),
    )


def form_of_pairs(
    expected: FloatArray,
    values: tuple[Int64Array, Int64Array],
    *,
    factors: tuple[float, float],
    limits: tuple[int, int],
) -> PairForm | PairTable:
    """A form that gives `expected` for every pair of centred `values`, else a table of it.

    Parameters
    ----------
    expected
        Outputs counted from their zero point, ``(len(values[0]), len(values[1]))``.
    values
        All values of both operands, ascending.
    factors
        What one step of each operand adds to the output, about.
    limits
        Of the outputs.
    """
    a, b = values
    grid = a.astype(np.float32)[:, None], b.astype(np.float32)[None]
    for nudge in _NUDGES:
        first, second = (np.float32(factor * (1 + nudge)) for factor in factors)
        form = PairForm(first, second, *limits)
        if np.array_equal(form(np.broadcast_to(grid[0], expected.shape), grid[1]), expected):
            return form
    return PairTable(expected, int(a[0]), int(b[0]))


def centred_values(tensor: QuantizedTensor) -> Int64Array:
    """All values of a tensor's type, counted from its zero point."""
    return np.arange(tensor.type.min, tensor.type.max + 1) - tensor.zero_point


def _real(multiplier: tuple[int, int]) -> float:
    """The factor that a multiplier stands for."""
    return multiplier[0] * 2.0 ** (multiplier[1] - 31)
