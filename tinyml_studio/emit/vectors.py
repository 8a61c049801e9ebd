"""Tables for the kernels for Helium, which compute four channels at once."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT8, Int8Array, Int64Array, IntType
from tinyml_studio.emit.blocks import BLOCK, scaling_columns
from tinyml_studio.emit.call import Table, integer_table, table, weight_table
from tinyml_studio.emit.raised import bytewise, raised_columns
from tinyml_studio.emit.weighted import Weighted
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D, FullyConnected
from tinyml_studio.program.program import Program

_Values = TypeVar("_Values", Int8Array, Int64Array)

VECTOR = 16
"""Bytes of a vector."""
LANES = 4
"""Accumulators in a vector."""
MAX_TAPS = 25
"""Taps of a filter that the lists on the stack have room for."""


def vector_scaling(program: Program, item: Weighted, bias: Int64Array) -> Table:
    """Bias, multiplier, shift: a vector each for every four channels."""
    columns = raised_columns(item, scaling_columns(program, item, bias), LANES)
    full = padded(columns, 1, LANES)
    return integer_table("scaling", full.reshape(3, -1, LANES).swapaxes(0, 1), IntType(32))


def padding_table(program: Program, item: Conv2D | DepthwiseConv2D, values: int) -> Table:
    """The input's zero point so many times, for taps in the padding; once where none is."""
    needed = values if any(map(any, item.pads)) else 1
    zero_point = program.tensors[item.inputs[0]].zero_point
    return integer_table("padding", np.full(needed, zero_point, np.int64), INT8)


def vector_weights(item: Conv2D) -> Table:
    """Weights in whole vectors, for an even number of pairs of channels, as `mve.c` says."""
    held = bytewise(item, LANES)
    rows = held.weights.reshape(len(held.weights), -1)
    full = padded(padded(rows, 0, LANES), 1, VECTOR)
    if held.weight_type.bits < 8:
        return _narrow_weights(full, held.weight_type)
    blocks = full.reshape(len(full) // 2, 2, -1, BLOCK).swapaxes(1, 2)
    return table("weights", "int8_t", blocks, aligned=True)


def dense_weights(item: FullyConnected) -> Table:
    """Weights of a dense layer as `fully_connected_mve.c` says."""
    held = bytewise(item, LANES)
    if held.weight_type.bits == 8:
        return weight_table(held.weights, held.weight_type)
    rows = padded(held.weights, 0, LANES)
    if held.weight_type.bits == 1:
        rows = rows.reshape(len(rows), 2, -1).swapaxes(1, 2).reshape(len(rows), -1)
    return _narrow_weights(rows, held.weight_type)


def _narrow_weights(rows: Int8Array, type_: IntType) -> Table:
    """Weights of up to 4 bits, ``(O, K)`` with O a multiple of four."""
    if type_.bits < 4:
        return _sparse_weights(rows, type_)
    pairs = rows.reshape(len(rows) // 2, 2, -1)
    halves = (pairs[:, 0] & 15) | ((pairs[:, 1] & 15) << 4)
    return table("weights", "uint8_t", halves.reshape(-1).view(np.uint8), aligned=True)


def _sparse_weights(rows: Int8Array, type_: IntType) -> Table:
    """Weights of 1 and 2 bits, ``(O, K)``: one of each of four channels side by side."""
    fields = signs(rows) if type_.bits == 1 else rows & 3
    fours = fields.reshape(-1, LANES, rows.shape[1]).swapaxes(1, 2)
    return table("weights", "uint8_t", packed_fields(fours, type_.bits), aligned=True)


def signs(weights: Int8Array) -> Int8Array:
    """1 where a weight of 1 bit is -1, else 0."""
    return (weights < 0).astype(np.int8)


def packed_fields(fields: Int8Array, bits: int) -> NDArray[np.uint8]:
    """Fields of so many bits, the first ones lowest, whole bytes of them along the last axes."""
    bytes_ = fields.astype(np.uint8).reshape(-1, 8 // bits)
    shifted = bytes_ << np.arange(0, 8, bits, dtype=np.uint8)
    result: NDArray[np.uint8] = np.bitwise_or.reduce(shifted, axis=1)
    return result


def padded(values: _Values, axis: int, multiple: int) -> _Values:
    """Zeros behind the values of an axis up to a multiple."""
    widths = [(0, 0)] * values.ndim
    widths[axis] = (0, -values.shape[axis] % multiple)
    return np.pad(values, widths)
