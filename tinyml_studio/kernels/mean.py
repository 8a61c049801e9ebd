"""Mean over axes of the sample."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.rounding import divide, multiply
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import Mean
from tinyml_studio.program.program import QuantizedTensor


def mean(item: Mean, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """The sum of what is left of the zero point; the multiplier or the divisor divides."""
    (x,) = operands
    total = x.centred.sum(axis=tuple(axis + 1 for axis in item.axes))
    scaled = _divided(total, item) if item.divisor > 1 else _multiplied(total, item)
    return finish(scaled + output.zero_point, output, low=item.low, high=item.high)


def _multiplied(total: Int64Array, item: Mean) -> Int64Array:
    return multiply(total, *item.multiplier, item.rounding)


def _divided(total: Int64Array, item: Mean) -> Int64Array:
    """``total * 2**(shift - 1) / divisor``, rounded once."""
    left = item.multiplier.shift - 1
    numerator, denominator = total << max(left, 0), item.divisor << max(-left, 0)
    return divide(numerator, denominator, item.rounding)
