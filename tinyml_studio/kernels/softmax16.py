"""Softmax of 16-bit values from two tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.bit_length import bit_length
from tinyml_studio.arith.fixed_point import INT32_MAX
from tinyml_studio.arith.inttype import INT16, Int64Array
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.interpolate import look_up
from tinyml_studio.program.instructions import Softmax16
from tinyml_studio.program.program import QuantizedTensor


def softmax16(
    item: Softmax16, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """TFLite's ``SoftmaxInt16``, rounded to fewer bits when the output has fewer."""
    (x,) = operands
    values = x.integers.astype(np.int64)
    shares = _shares(item, values)
    bits = output.type.bits
    if bits < INT16.bits:
        shares = ((shares + (1 << (14 - bits))) >> (15 - bits)) + output.type.min
    return finish(shares, output)


def _shares(item: Softmax16, values: Int64Array) -> Int64Array:
    """Every value's share of its row, Q0.15."""
    differences = values - values.max(axis=-1, keepdims=True)
    # what the multiplication would shift beyond 32 bits lies below the table
    differences = np.maximum(differences, -(INT32_MAX >> max(item.multiplier.shift, 0)))
    scaled = multiply(differences, *item.multiplier, item.rounding)
    exps = look_up(np.clip(scaled + INT16.max, INT16.min, INT16.max), item.exp_table)
    total = exps.sum(axis=-1, keepdims=True)
    headroom = 32 - bit_length(total)
    # the table holds 1 / (1 + x) for x in [0, 1), centred: x is the total without its top bit
    shifted = ((total << (headroom - 1)) + (1 << 13)) >> 14
    centred = np.clip(shifted - (1 << 15) - (1 << 16), INT16.min, INT16.max)
    scale = look_up(centred, item.reciprocal_table)
    right = 31 - headroom
    rounded = (exps * scale + (np.int64(1) << (right - 1))) >> right
    return np.asarray(np.clip(rounded, 0, INT16.max))
