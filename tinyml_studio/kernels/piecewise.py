"""A function of one 16-bit value, by lines and by values of its own."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.kernels.tabulated import tabulated
from tinyml_studio.program.instructions import Piecewise
from tinyml_studio.program.program import QuantizedTensor


@tabulated
def piecewise(
    item: Piecewise, values: Int64Array, x: QuantizedTensor, output: QuantizedTensor
) -> Int64Array:
    """The line of every value, or its entry in a page."""
    del x, output
    position = values + (1 << 15)
    index, along = position >> item.shift, position & ((1 << item.shift) - 1)
    base = item.table[index].astype(np.int64)
    slope = item.table[index + 1] - base
    made = base + ((slope * along + (1 << item.shift >> 1)) >> item.shift)
    page = item.page[index]
    apart = page > 0
    made[apart] = item.values[page[apart] - 1, along[apart]]
    return np.asarray(made)
