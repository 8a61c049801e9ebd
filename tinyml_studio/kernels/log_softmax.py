"""Logarithm of the softmax, in fixed point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.fixed_point import rounding_divide_by_pot
from tinyml_studio.arith.gemmlowp import exp_on_negative_values, log_of_sum
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import LogSoftmax
from tinyml_studio.program.program import QuantizedTensor


def log_softmax(
    item: LogSoftmax, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Every value's distance to the logarithm of the sum over the last axis."""
    (x,) = operands
    values = x.integers.astype(np.int64)
    differences = values - values.max(axis=-1, keepdims=True)
    counted = differences >= item.diff_min
    # what does not count must not overflow the multiplication either
    scaled = multiply(np.maximum(differences, item.diff_min), *item.multiplier, item.rounding)
    exps = rounding_divide_by_pot(exp_on_negative_values(scaled, integer_bits=5), 12)
    total = np.where(counted, exps, 0).sum(axis=-1, keepdims=True)
    steps = rounding_divide_by_pot(scaled - log_of_sum(total), item.drop)
    return finish(steps + output.zero_point, output)
