"""Layers for the kernels that work on 16-bit inputs and 8-bit weights with 32-bit accumulators.

Whether the accumulators fit is decided here, from the worst case of the real weights; layers that
do not fit, and types that have no such kernel, take the general one with 64 bits.
"""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.fixed_point import reduce_multiplier
from tinyml_studio.arith.inttype import INT16, Int8Array, Int64Array, IntType
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.call import Table, Value, integer_table
from tinyml_studio.emit.geometry import window_geometry
from tinyml_studio.emit.weighted import Weighted
from tinyml_studio.lower.bounds import accumulator_bound
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D
from tinyml_studio.program.program import Program

BLOCK = 4
BLOCK_HELIUM = 8
PATCH16 = 64
"""Weights of one filter that the buffer on the stack has room for."""

# an accumulator times a multiplier of 15 bits loses 16 bits, then all but one of these
_FIRST_SHIFT = 17
_MAX_SHIFT = 38
# the order in which one instruction widens two pairs of bytes
_PAIRS = [0, 2, 1, 3]


def fits_halves(program: Program, item: Weighted) -> bool:
    """Whether types, rounding, shifts and worst case are those of these kernels."""
    input_ = program.tensors[item.inputs[0]]
    plain = (
        input_.type.carrier == INT16.carrier
        and input_.zero_point == 0
        and item.weight_type.bits == 8
        and not item.narrow
        and item.rounding in (Rounding.DOUBLE, Rounding.HALF_UP)
    )
    if not plain:
        return False
    shifts = _right_shifts(item)
    return (
        _FIRST_SHIFT <= int(shifts.min()) <= int(shifts.max()) <= _MAX_SHIFT
        and int(accumulator_bound(item, program).max()) < 1 << 31
    )


def halves_values(
    program: Program, item: Conv2D | DepthwiseConv2D, kernel: tuple[int, int]
) -> dict[str, Value]:
    """The members that the structures of all these kernels have, but for tables."""
    return {
        "geometry": window_geometry(program, item, kernel, item.dilations),
        "out_zero": 2 * program.tensors[item.output].zero_point + 1,
        "low": item.low,
        "high": item.high,
    }


def halves_scaling(item: Weighted, *, helium: bool = False) -> Table:
    """Bias, multiplier, right shift less 17 of every channel, for fours of them.

    For Helium a vector each of four channels, with the multiplier in the upper half of its word.
    """
    multiplier = np.asarray(reduce_multiplier(item.multiplier)).astype(np.int64)
    columns = (item.bias, multiplier << 16 * helium, _right_shifts(item) - _FIRST_SHIFT)
    full = np.stack([np.pad(column, (0, -len(column) % BLOCK)) for column in columns], axis=1)
    if helium:
        full = full.reshape(-1, BLOCK, 3).swapaxes(1, 2)
    return integer_table("scaling", full, IntType(32))


def halves_weights(rows: Int8Array, *, helium: bool = False) -> Table:
    """Filters, ``(O, K)``, in blocks of weights of four channels, as `conv2d16.c` says."""
    block = BLOCK_HELIUM if helium else BLOCK
    channels, size = rows.shape
    full = np.pad(rows, [(0, -channels % BLOCK), (0, -size % block)])
    blocks = full.reshape(len(full) // BLOCK, BLOCK, -1, block).swapaxes(1, 2)
    ordered = blocks if helium else blocks[..., _PAIRS]
    return Table("weights", "int8_t", tuple(ordered.reshape(-1).tolist()), aligned=True)


def _right_shifts(item: Weighted) -> Int64Array:
    """Right shift of the whole product; a multiplier of 0 gives 0 with any."""
    shifts = 15 - item.shift.astype(np.int64)
    result: Int64Array = np.where(item.multiplier == 0, _FIRST_SHIFT, shifts)
    return result
