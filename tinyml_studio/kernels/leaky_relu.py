"""Leaky Relu of 16-bit values."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.tabulated import tabulated
from tinyml_studio.program.instructions import LeakyRelu
from tinyml_studio.program.program import QuantizedTensor


@tabulated
def leaky_relu(
    item: LeakyRelu, values: Int64Array, x: QuantizedTensor, output: QuantizedTensor
) -> Int64Array:
    """One of two multipliers, by the sign of the real value."""
    centred = values - x.zero_point
    scaled: Int64Array = np.where(
        centred >= 0,
        multiply(centred, *item.identity, item.rounding),
        multiply(centred, *item.alpha, item.rounding),
    )
    return np.asarray(np.clip(scaled + output.zero_point, item.low, item.high))
