"""Quotient of two tensors, through the reciprocal of the divisor in fixed point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.bit_length import bit_length
from tinyml_studio.arith.fixed_point import INT32_MAX, saturating_rounding_doubling_high_mul
from tinyml_studio.arith.gemmlowp import one_over_one_plus_x
from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import common_rank, with_rank
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import Div
from tinyml_studio.program.program import QuantizedTensor

_FARTHEST = 31  # bits that a product can go right


def div(item: Div, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """The quotient of what is left of the zero points, rescaled; by zero it is a limit."""
    a, b = (
        with_rank(operand.centred, common_rank(operands)).astype(np.int64) for operand in operands
    )
    numerator, divisor = np.where(b < 0, -a, a), np.abs(b)
    bits = bit_length(divisor)
    inverse = one_over_one_plus_x((divisor << (32 - bits)) - (1 << 31))
    headroom = 31 - bit_length(np.where(numerator < 0, ~numerator, numerator))
    quotient = saturating_rounding_doubling_high_mul(numerator << headroom, inverse)
    right = headroom + bits - 1 - item.multiplier.shift
    mantissa = item.multiplier.mantissa
    near = multiply(quotient, mantissa, -np.minimum(right, _FARTHEST), item.rounding)
    scaled = np.where(right > _FARTHEST, 0, near)
    found = np.where(b == 0, _beyond(numerator), scaled)
    return finish(found + output.zero_point, output, low=item.low, high=item.high)


def _beyond(numerator: Int64Array) -> Int64Array:
    """What a division by zero gives before it is limited."""
    return np.asarray(np.sign(numerator) * INT32_MAX)
