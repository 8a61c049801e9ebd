"""Layers for the kernels that work on 16-bit inputs with 32-bit accumulators.

Whether the accumulators fit is decided here, from the worst case of the real weights; layers that
do not fit, and types that have no such kernel, take the general one with 64 bits.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tinyml_studio.arith.fixed_point import reduce_multiplier
from tinyml_studio.arith.inttype import INT16, Int8Array, Int64Array, IntType
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.call import Parameters, Table, Value, integer_table, weight_table
from tinyml_studio.emit.weighted import Weighted
from tinyml_studio.lower.bounds import accumulator_bound
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
        and not item.narrow
        and item.rounding in (Rounding.DOUBLE, Rounding.HALF_UP)
    )
    if not plain:
        return False
    headroom = _headroom(item)
    return (
        headroom < 31
        and int(_right_shifts(item).max()) + headroom <= _MAX_SHIFT
        and int(accumulator_bound(item, program).max()) << headroom < 1 << 31
    )


def halves_values(program: Program, item: Weighted, geometry: Parameters) -> dict[str, Value]:
    """The members that the structures of all these kernels have, but for tables."""
    return {
        "geometry": geometry,
        "headroom": _headroom(item),
        "out_zero": 2 * program.tensors[item.output].zero_point + 1,
        "low": item.low,
        "high": item.high,
    }


def halves_scaling(item: Weighted, *, helium: bool = False) -> Table:
    """Bias, multiplier and right shift of every channel, for fours of them, as `narrow16.c` says.

    For Helium a vector each of four channels, with the multiplier in the upper half of its word.
    """
    multiplier = np.asarray(reduce_multiplier(item.multiplier)).astype(np.int64)
    shifts = _right_shifts(item) + (_headroom(item) - _FIRST_SHIFT)
    columns = (item.bias, multiplier << 16 * helium, shifts)
    full = np.stack([np.pad(column, (0, -len(column) % BLOCK)) for column in columns], axis=1)
    if helium:
        full = full.reshape(-1, BLOCK, 3).swapaxes(1, 2)
    return integer_table("scaling", full, IntType(32))


def halves_weights(rows: Int8Array, type_: IntType, *, helium: bool = False) -> Table:
    """Filters, ``(O, K)``, in blocks of weights of four channels, as `conv2d16.c` says.

    What fills the last blocks is multiplied with 0, or gives channels that nobody reads.
    """
    block = BLOCK_HELIUM if helium else BLOCK
    channels, size = rows.shape
    filling = 1 if type_.bits == 1 else 0
    widths = [(0, -channels % BLOCK), (0, -size % block)]
    full = np.pad(rows, widths, constant_values=filling)
    blocks = full.reshape(len(full) // BLOCK, BLOCK, -1, block).swapaxes(1, 2)
    ordered = blocks if helium else _interleaved(blocks[..., _PAIRS], type_.bits)
    return replace(weight_table(np.ascontiguousarray(ordered), type_), aligned=True)


def _headroom(item: Weighted) -> int:
    """By how many bits accumulators are shifted left, so that no product is shifted too little."""
    return max(0, _FIRST_SHIFT - int(_right_shifts(item).min()))


def _interleaved(blocks: Int8Array, bits: int) -> Int8Array:
    """Blocks, ``(..., 4 channels, 4)``, with one weight of each of some channels to a byte."""
    together = 8 // bits if bits in (2, 4) else 1
    groups = blocks.reshape(*blocks.shape[:-2], -1, together, BLOCK)
    return groups.swapaxes(-1, -2)


def _right_shifts(item: Weighted) -> Int64Array:
    """Right shift of the whole product; a multiplier of 0 gives 0 with any."""
    shifts = 15 - item.shift.astype(np.int64)
    most = int(shifts.max())
    result: Int64Array = np.where(item.multiplier == 0, most, shifts)
    return result
