"""Layers for the kernels that work on blocks of four values with 8-bit results.

Those kernels double an accumulator and add the output's zero point before the last shift. Whether
that fits 32 bits is decided here, from the worst case of the real weights; layers that do not fit,
and types that have no such kernel, take the general one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tinyml_studio.arith.inttype import INT8, Int8Array, Int64Array, IntType
from tinyml_studio.arith.packing import pack
from tinyml_studio.emit.binding import FIELDS
from tinyml_studio.emit.call import Table, Value, integer_table, table
from tinyml_studio.emit.fields import (
    EXCESS,
    dense_fields,
    inputs_together,
    pairs_together,
    window_fields,
)
from tinyml_studio.emit.forms import fits_shifts, form_of, shift_words, zero_word
from tinyml_studio.emit.raised import bytewise, raised_by, raised_columns
from tinyml_studio.emit.weighted import Weighted, folded_bias, weighted_binding
from tinyml_studio.lower.bounds import accumulator_bound
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D, FullyConnected
from tinyml_studio.program.program import Program

BLOCK = 4
PATCH = 64
"""Weights of one filter that the buffer on the stack has room for."""
MOST_BYTES = 240
"""Those for whose values it has room as bytes."""
PAIR_BYTES = 112
"""Those for whose values at two pixels it has."""

_HEADROOM_BITS = dict.fromkeys(range(1, 10), 30)
# for Helium weights are multiplied as the upper bits of bytes
_HEADROOM_HELIUM = {9: 30, 8: 30, 4: 26, 2: 24, 1: 24}


def fits_blocks(program: Program, item: Weighted, *, helium: bool = False) -> bool:
    """Whether types, rounding, shifts and worst case are those of the kernels on blocks."""
    types = {program.tensors[name].type.carrier for name in (item.inputs[0], item.output)}
    headroom = (_HEADROOM_HELIUM if helium else _HEADROOM_BITS).get(item.weight_type.bits)
    mantissa, shift = item.multiplier.astype(np.int64), item.shift.astype(np.int64)
    if types != {INT8.carrier} or headroom is None:
        return False
    if item.weight_type.bits > INT8.bits and raised_by(item) is None:
        return False
    bound = int(accumulator_bound(item, program).max(initial=0))
    form = form_of(item.rounding, mantissa, shift)
    words = shift_words(form, mantissa, shift)
    zero = out_zero(program, item)
    return bound < 1 << headroom and fits_shifts(form, words, bound=bound, zero=zero)


def window_unit(bits: int) -> int:
    """Values of a window whose weights stand together; filters are filled up to whole ones."""
    return pairs_together(bits) if bits in FIELDS else BLOCK


def window_values(item: Conv2D) -> int:
    """Values of a window, with those that make the last unit of weights complete."""
    unit = window_unit(item.weight_type.bits)
    size: int = item.weights[0].size
    return -(-size // unit) * unit


def dense_unit(bits: int) -> int:
    """Inputs of a dense layer whose weights stand together."""
    return inputs_together(bits) if bits in FIELDS else BLOCK


def dense_rest(size: int, bits: int) -> int:
    """Inputs of a dense layer behind its last whole unit."""
    return size % dense_unit(bits)


def gathers(program: Program, item: Conv2D, *, helium: bool = False) -> bool:
    """Whether the convolution can have a kernel that gathers the values of two windows."""
    return item.groups == 1 and fits_blocks(program, item, helium=helium)


def out_zero(program: Program, item: Weighted) -> int:
    """The output's zero point as the kernels on blocks have it."""
    form = weighted_binding(program, item).form
    return zero_word(form, item.rounding, program.tensors[item.output].zero_point)


def scaling_columns(program: Program, item: Weighted, bias: Int64Array) -> Int64Array:
    """Bias, multiplier and shift of every channel, ``(3, O)``, as `narrow.c` says."""
    mantissa, shift = item.multiplier.astype(np.int64), item.shift.astype(np.int64)
    words = shift_words(weighted_binding(program, item).form, mantissa, shift)
    result: Int64Array = np.stack((bias, mantissa, words))
    return result


def block_values(
    program: Program, item: Conv2D | DepthwiseConv2D, weights: Table, bias: Int64Array
) -> dict[str, Value]:
    """The members that the structures of all kernels with windows have."""
    return {
        "in_zero_point": program.tensors[item.inputs[0]].zero_point,
        **result_values(program, item, weights, bias),
    }


def result_values(
    program: Program, item: Weighted, weights: Table, bias: Int64Array
) -> dict[str, Value]:
    """Weights and what makes outputs of accumulators; tables are filled up to whole groups."""
    group = BLOCK if isinstance(item, FullyConnected) else 2
    columns = raised_columns(item, scaling_columns(program, item, bias), group)
    full = np.pad(columns, ((0, 0), (0, -columns.shape[1] % group)))
    return {
        "out_zero": out_zero(program, item),
        "low": item.low,
        "high": item.high,
        "weights": weights,
        "scaling": integer_table("scaling", full.T, IntType(32)),
    }


def paired_weights(item: Conv2D) -> Table:
    """Weights in blocks of four of one channel and four of the next, as `conv2d_blocks.c` says.

    Those of few bits stand as `conv2d_fields.c` says.
    """
    if item.weight_type.bits in FIELDS:
        return window_fields(item)
    return _int8_table(_paired(bytewise(item, 2).weights, together=1))


def whole_units(weights: Int8Array, type_: IntType) -> Int8Array:
    """Weights, ``(O, I)``, for whole units of inputs.

    Those behind the last input count for nothing.
    """
    filling = -1 if type_.bits == 1 else 0
    missing = -weights.shape[1] % dense_unit(type_.bits)
    return np.pad(weights, [(0, 0), (0, missing)], constant_values=filling)


def quad_weights(weights: Int8Array, type_: IntType) -> Table:
    """Weights, ``(O, I)``, with blocks of four outputs together, as `dense_row.c` needs them."""
    full = whole_units(weights, type_)
    if type_.bits in FIELDS:
        return dense_fields(full, type_)
    raised = _paired(full, together=2).copy()
    raised[:, :, ::2] ^= np.int8(-128)
    # halves of outputs, outputs, halves of inputs, inputs; inputs 0 and 2 before 1 and 3
    split = raised.reshape(*raised.shape[:2], 2, 2, 2, 2)
    return _int8_table(split.transpose(0, 1, 5, 2, 4, 3))


def added_to_inputs(type_: IntType) -> int:
    """What dense layers with weights of a type add to their inputs."""
    return EXCESS if type_.bits in FIELDS else 0


def quad_bias(program: Program, item: FullyConnected) -> Int64Array:
    """The bias, ``(O,)``, for the inputs as the kernel on blocks multiplies them."""
    return folded_bias(program, item, added=added_to_inputs(item.weight_type))


def _paired(weights: Int8Array, *, together: int) -> Int8Array:
    """Weights ``(groups, blocks, channel of a group, 4)``; a group is so many pairs of channels."""
    rows = weights.reshape(len(weights), -1)
    channels, size = rows.shape
    group = 2 * together
    full = np.zeros((-(-channels // group) * group, -(-size // BLOCK) * BLOCK), np.int8)
    full[:channels, :size] = rows
    return full.reshape(len(full) // group, group, -1, BLOCK).transpose(0, 2, 1, 3)


def whole_blocks(item: DepthwiseConv2D) -> DepthwiseConv2D:
    """The layer with channels repeated that make the last four of at least four a block."""
    channels = item.weights.shape[-1]
    starts = np.minimum(np.arange(0, channels, BLOCK), channels - BLOCK)
    order = np.add.outer(starts, np.arange(BLOCK)).reshape(-1)
    return replace(
        item,
        weights=item.weights[..., order],
        bias=item.bias[order],
        multiplier=item.multiplier[order],
        shift=item.shift[order],
    )


def four_channel_weights(item: DepthwiseConv2D) -> Table:
    """Weights of whole blocks, all taps of four channels together, as `depthwise_blocks.c` says."""
    taps = item.weights.reshape(-1, item.weights.shape[-1])
    blocks = taps.reshape(len(taps), -1, BLOCK).transpose(1, 0, 2)
    return _int8_table(blocks) if item.weight_type.bits == 8 else _eights(blocks, item)


def _eights(blocks: Int8Array, item: DepthwiseConv2D) -> Table:
    """Streams of bits, one for each block of taps, completed to eight weights."""
    rows = blocks.reshape(len(blocks), -1)
    full = np.pad(rows, [(0, 0), (0, -rows.shape[1] % 8)], constant_values=1)
    return Table("weights", "uint8_t", bytes(pack(np.ascontiguousarray(full), item.weight_type)))


def _int8_table(weights: Int8Array) -> Table:
    """One weight to a byte, aligned to words."""
    return table("weights", "int8_t", weights, aligned=True)
