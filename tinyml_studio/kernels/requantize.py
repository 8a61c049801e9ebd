"""Values on another grid."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.tabulated import tabulated
from tinyml_studio.program.instructions import Requantize
from tinyml_studio.program.program import QuantizedTensor


@tabulated
def requantize(
    item: Requantize, values: Int64Array, x: QuantizedTensor, output: QuantizedTensor
) -> Int64Array:
    """Scale, shift to the output's zero point, clamp."""
    scaled = multiply(values - x.zero_point, *item.multiplier, item.rounding)
    return np.clip(scaled + output.zero_point, item.low, item.high)
