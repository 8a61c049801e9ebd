"""Softmax of 4- and 8-bit values with a fixed-point exponential.

A difference of two 8-bit values has at most 256 values, so the exponential is a table per
instruction. Source: gemmlowp's ``fixedpoint.h``; TFLite's ``reference_ops::Softmax``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.bit_length import bit_length
from tinyml_studio.arith.fixed_point import (
    rounding_divide_by_pot,
    saturating_rounding_doubling_high_mul,
)
from tinyml_studio.arith.gemmlowp import exp_on_negative_values, one_over_one_plus_x
from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.program.instructions import Softmax
from tinyml_studio.program.program import QuantizedTensor

_INPUT_BITS = 5  # integer bits of a scaled difference
_SUM_BITS = 12  # integer bits of the sum of exponentials


@planned
def _exponentials(item: Softmax, inputs: Grids, output: QuantizedTensor) -> Int64Array:
    """Exponential of minus the index, Q0.31; 0 where the difference is below `diff_min`."""
    type_ = inputs[0].type
    differences = -np.arange(type_.max - type_.min + 1)
    counted = differences >= item.diff_min
    # what does not count must not overflow the multiplication either
    scaled = multiply(differences * counted, *item.multiplier, item.rounding)
    return np.where(counted, exp_on_negative_values(scaled, integer_bits=_INPUT_BITS), 0)


def softmax(item: Softmax, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """The share of every value's exponential in the sum over the last axis."""
    (x,) = operands
    values = x.integers.astype(np.int64)
    table = _exponentials(item, (x.tensor,), output)
    exps = table[values.max(axis=-1, keepdims=True) - values]
    total = rounding_divide_by_pot(exps, _SUM_BITS).sum(axis=-1, keepdims=True)
    headroom = 32 - bit_length(total)
    scale = one_over_one_plus_x((total << headroom) - (1 << 31))
    exponent = _SUM_BITS - headroom + 31 - output.type.bits
    shares = rounding_divide_by_pot(saturating_rounding_doubling_high_mul(scale, exps), exponent)
    return finish(shares + output.type.min, output)
