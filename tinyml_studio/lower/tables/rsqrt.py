"""One over the square root from 8 to 8 bits, as TFLite's int8 kernel computes it.

Source: ``RsqrtEvalQuantized`` of TFLite-Micro.
"""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.gemmlowp import inverse_root
from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import Rounding, multiply
from tinyml_studio.lower.tables.nearest import as_table, centred_inputs
from tinyml_studio.program.program import QuantizedTensor

_SHIFT = 20  # keeps the root of an integer an integer


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
    values = centred_inputs(source)
    roots, shifts = inverse_root(np.maximum(values, 0))
    scaled = multiply(np.ones_like(roots), roots, shifts + _SHIFT, rounding)
    steps = multiply(scaled, mantissa, shift - _SHIFT, rounding)
    return as_table(np.where(values <= 0, output.type.max, output.zero_point + steps), output)
