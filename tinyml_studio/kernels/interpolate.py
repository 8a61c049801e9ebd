"""A function of one 16-bit value, as a table of 513 points with straight lines between."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.inttype import Int32Array, Int64Array
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import Interpolate
from tinyml_studio.program.program import QuantizedTensor


def interpolate(
    item: Interpolate, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """TFLite's ``LUTLookup`` of int16 values, clamped."""
    (x,) = operands
    values = look_up(x.integers.astype(np.int64), item.table)
    return finish(values, output, low=item.low, high=item.high)


def look_up(values: Int64Array, table: Int32Array) -> Int64Array:
    """The table's line at int16 values: 9 bits choose the point, 7 bits go along the line."""
    index = 256 + (values >> 7)
    base = table[index].astype(np.int64)
    slope = table[index + 1] - base
    return np.asarray(base + ((slope * (values & 127) + 64) >> 7))
