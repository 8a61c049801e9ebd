"""Layers for the kernels that work on 16-bit inputs with 32-bit accumulators.

Whether the accumulators fit is decided here, from the worst case of the real weights; layers that
do not fit, and types that have no such kernel, take the general one with 64 bits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.fixed_point import reduce_multiplier
from tinyml_studio.arith.inttype import INT8, INT16, Int8Array, Int64Array, IntType
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.emit.binding import FIELDS
from tinyml_studio.emit.call import Parameters, Table, Value, integer_table, table
from tinyml_studio.emit.fields import field_table, pairs_together
from tinyml_studio.emit.weighted import Weighted
from tinyml_studio.lower.bounds import accumulator_bound
from tinyml_studio.program.instructions import DepthwiseConv2D
from tinyml_studio.program.program import Program

_Layer = TypeVar("_Layer", bound=Weighted)

BLOCK = 4
BLOCK_HELIUM = 8
PATCH16 = 64
"""Weights of one filter that the buffer on the stack has room for."""

TAPS16 = 28
"""Taps of one filter of a depthwise layer likewise, where its weights have fewer than 8 bits."""

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


def block16(bits: int, *, helium: bool = False) -> int:
    """Weights of a channel that stand together."""
    if helium:
        return BLOCK_HELIUM
    return max(BLOCK, pairs_together(bits) // 2) if bits in FIELDS else BLOCK


def halves_weights(rows: Int8Array, type_: IntType, *, helium: bool = False) -> Table:
    """Filters, ``(O, K)``, in blocks of weights of four channels, as `conv2d16.c` says.

    What fills the last blocks is multiplied with 0, or gives channels that nobody reads.
    """
    block = block16(type_.bits, helium=helium)
    channels, size = rows.shape
    full = np.pad(rows, [(0, -channels % BLOCK), (0, -size % block)], constant_values=1)
    if type_.bits in FIELDS:
        # fours of channels, pairs of values, channels, halves of a word
        pairs = full.reshape(len(full) // BLOCK, BLOCK, -1, 2).swapaxes(1, 2)
        return field_table(pairs, type_)
    blocks = full.reshape(len(full) // BLOCK, BLOCK, -1, block).swapaxes(1, 2)
    order = slice(None) if helium else _PAIRS
    return table("weights", "int8_t", np.ascontiguousarray(blocks[..., order]), aligned=True)


def halves_filters(item: DepthwiseConv2D) -> Table:
    """Taps of four channels each, as `depthwise16.c` says."""
    taps = item.weights.reshape(-1, item.weights.shape[-1])
    bits = item.weight_type.bits
    widths = [(0, 0 if bits == INT8.bits else -len(taps) % BLOCK), (0, 0)]
    full = np.pad(taps, widths, constant_values=1 if bits == 1 else 0)
    return _in_words(full.reshape(len(full), -1, BLOCK).swapaxes(0, 1), item.weight_type)


def stored_for_helium(item: _Layer) -> _Layer:
    """The layer with weights of 8 bits, which are all that its kernels for Helium widen."""
    return replace(item, weight_type=INT8) if item.weight_type.bits < INT8.bits else item


def stored_for_blocks(item: _Layer, depth: int) -> _Layer:
    """The layer with weights of one bit more where those of its width stand in blocks of eight.

    That is for windows that are not gathered, over `depth` channels of which fours are left.
    """
    bits = item.weight_type.bits
    whole = depth % block16(bits) == 0 or item.weights[0].size <= PATCH16
    return item if whole or depth % BLOCK else replace(item, weight_type=IntType(bits + 1))


def _in_words(weights: Int8Array, type_: IntType) -> Table:
    """Weights, ``(..., 4)`` of which those of one word are last, as bytes or as planes of bits."""
    if type_.bits == INT8.bits:
        return table("weights", "int8_t", np.ascontiguousarray(weights), aligned=True)
    return Table("weights", "uint8_t", planes(weights, type_).tobytes(), aligned=True)


def planes(weights: Int8Array, type_: IntType) -> NDArray[np.uint8]:
    """Fours of words, ``(..., 4)`` flat as 16 weights each, in ``(N, 2 * bits)`` bytes.

    In the order of `planes16.c`: a byte has four bits of two words, two of four, or one of all
    words and two places in them.
    """
    signed = weights.astype(np.int64).reshape(-1, 4, 4)
    codes = ((signed + 1) // 2 if type_.bits == 1 else signed) & ((1 << type_.bits) - 1)
    parts = []
    if type_.bits & 4:
        low = codes & 15
        parts.append((low[:, 0::2] | low[:, 1::2] << 4).reshape(len(codes), -1))
    places = np.arange(4)[:, None]
    if type_.bits & 2:
        parts.append((((codes >> (type_.bits & 4)) & 3) << 2 * places).sum(axis=1))
    if type_.bits & 1:
        ones = (((codes >> (type_.bits & 6)) & 1) << places).sum(axis=1)
        parts.append(ones[:, :2] | ones[:, 2:] << 4)
    return np.concatenate(parts, axis=1).astype(np.uint8)


def _headroom(item: Weighted) -> int:
    """By how many bits accumulators are shifted left, so that no product is shifted too little."""
    return max(0, _FIRST_SHIFT - int(_right_shifts(item).min()))


def _right_shifts(item: Weighted) -> Int64Array:
    """Right shift of the whole product; a multiplier of 0 gives 0 with any."""
    shifts = 15 - item.shift.astype(np.int64)
    most = int(shifts.max())
    result: Int64Array = np.where(item.multiplier == 0, most, shifts)
    return result
