"""The rule of Add in integers."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.program.instructions import Add
from tinyml_studio.program.program import QuantizedTensor


def limited_sums(item: Add, a: Int64Array, b: Int64Array, output: QuantizedTensor) -> Int64Array:
    """Sums (or differences) of centred operands, counted from the output's zero point."""
    scaled_a = multiply(a << item.left_shift, *item.multiplier_a, item.rounding)
    scaled_b = multiply(b << item.left_shift, *item.multiplier_b, item.rounding)
    total = scaled_a - scaled_b if item.subtract else scaled_a + scaled_b
    scaled = multiply(total, *item.multiplier_out, item.rounding)
    return np.clip(scaled, item.low - output.zero_point, item.high - output.zero_point)
