"""One over the square root from 8 to 8 bits, as TFLite's int8 kernel computes it.

Source: ``RsqrtEvalQuantized`` of TFLite-Micro and ``GetInvSqrtQuantizedMultiplierExp``.
"""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.fixed_point import rounding_divide_by_pot
from tinyml_studio.arith.fixed_point import saturating_rounding_doubling_high_mul as high_mul
from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import Rounding, multiply
from tinyml_studio.lower.tables.nearest import as_table, centred_inputs
from tinyml_studio.program.program import QuantizedTensor

_SHIFT = 20  # keeps the root of an integer an integer
_HALF_SQRT_2 = 1518500250
_ONE, _HALF_THREE = 1 << 28, (1 << 28) + (1 << 27)  # Q3.28
_STEPS = 5


def rsqrt_factor(source: QuantizedTensor, output: QuantizedTensor) -> float:
    """Steps of the output for one over the root of one step of the input."""
    return 1.0 / float(np.sqrt(np.float32(source.scale)) * np.float32(output.scale))


def rsqrt_table(
    source: QuantizedTensor, output: QuantizedTensor, *, factor: Multiplier, rounding: Rounding
) -> IntArray:
    """256 entries; what has no root gets the largest value, as 0 does.

    `factor` stands for `rsqrt_factor`; below 2**-11 every entry is the zero point.
    """
    mantissa, shift = factor if factor.shift >= _SHIFT - 31 else Multiplier(0, _SHIFT)
    entries = [
        output.type.max
        if value <= 0
        else output.zero_point
        + multiply(_scaled_root(value, rounding), mantissa, shift - _SHIFT, rounding)
        for value in centred_inputs(source).tolist()
    ]
    return as_table(np.array(entries), output)


def _scaled_root(value: int, rounding: Rounding) -> int:
    """``2**20 / sqrt(value)``."""
    mantissa, shift = _root(value)
    return multiply(1, mantissa, shift + _SHIFT, rounding)


def _root(value: int) -> Multiplier:
    """``1 / sqrt(value)`` for integers below 2**29, by Newton's iteration from 1."""
    if value == 1:
        return Multiplier((1 << 31) - 1, 0)
    pairs = (31 - value.bit_length()) // 2 - 1
    scaled = (value << (2 * pairs)) >> 1
    half = rounding_divide_by_pot(scaled, 1)
    x = _ONE
    for _ in range(_STEPS):
        cube = high_mul(high_mul(x, x), x) << 6
        x = (high_mul(_HALF_THREE, x) - high_mul(half, cube)) << 3
    return Multiplier(high_mul(x, _HALF_SQRT_2), pairs - 11)
