"""Sigmoid and tanh of 16-bit values from one table of the sigmoid."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int32Array, Int64Array
from tinyml_studio.kernels.tabulated import tabulated
from tinyml_studio.program.instructions import Logistic16
from tinyml_studio.program.program import QuantizedTensor

_LAST = 255  # the table ends here; beyond it the function is at its limit


@tabulated
def logistic16(
    item: Logistic16, values: Int64Array, x: QuantizedTensor, output: QuantizedTensor
) -> Int64Array:
    """TFLite's int16 kernels; tanh(x) = 2 sigmoid(2x) - 1 reads the same table."""
    rounding = (1 << item.shift) >> 1
    scaled = (values * item.multiplier + rounding) >> item.shift
    return (tanh_of if item.tanh else sigmoid_of)(scaled, item.table)


def sigmoid_of(values: Int64Array, table: Int32Array) -> Int64Array:
    """Sigmoid of arguments in steps of 1 / (3 * 4096)."""
    magnitude = _line(values, table, bits=9, limit=0x7FFF << 10)
    mirrored = (1 << 25) - magnitude + (1 << 9) - 1
    return np.asarray(np.where(values >= 0, magnitude + (1 << 9), mirrored) >> 10)


def tanh_of(values: Int64Array, table: Int32Array) -> Int64Array:
    """Tanh of arguments in steps of 1 / (3 * 4096), up to one step beyond 16 bits."""
    magnitude = _line(values, table, bits=8, limit=0xFFFF << 8) - (1 << 23)
    rounded = np.where(values >= 0, magnitude + (1 << 7), (1 << 7) - 1 - magnitude)
    return np.asarray(rounded >> 8)


def _line(values: Int64Array, table: Int32Array, *, bits: int, limit: int) -> Int64Array:
    """The table's line at ``|values|``, whose low `bits` go along the line."""
    distance = np.abs(values)
    index = np.minimum(distance >> bits, _LAST - 1)
    base = table[index].astype(np.int64)
    slope = table[index + 1] - base
    line = (base << bits) + slope * (distance & ((1 << bits) - 1))
    return np.where(distance >> bits >= _LAST, limit, line)
