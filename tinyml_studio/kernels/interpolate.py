"""A function of one 16-bit value, as a table of 513 points with straight lines between."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int32Array, Int64Array
from tinyml_studio.kernels.tabulated import tabulated
from tinyml_studio.program.instructions import Interpolate
from tinyml_studio.program.program import QuantizedTensor


@tabulated
def interpolate(
    item: Interpolate, values: Int64Array, x: QuantizedTensor, output: QuantizedTensor
) -> Int64Array:
    """TFLite's ``LUTLookup`` of int16 values, clamped."""
    return np.clip(look_up(values, item.table), item.low, item.high)


def look_up(values: Int64Array, table: Int32Array) -> Int64Array:
    """The table's line at int16 values: 9 bits choose the point, 7 bits go along the line."""
    index = 256 + (values >> 7)
    base = table[index].astype(np.int64)
    slope = table[index + 1] - base
    return np.asarray(base + ((slope * (values & 127) + 64) >> 7))
