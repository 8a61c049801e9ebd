"""Sum and difference of two tensors."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.arith.fixed_point import multiply_by_quantized_multiplier
from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import centred_pair
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import Add
from tinyml_studio.program.program import QuantizedTensor


def add(item: Add, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """Both operands on one fine grid, then their sum on the output's."""
    total = sums(item, *centred_pair(operands))
    return finish(total + output.zero_point, output, low=item.low, high=item.high)


def sums(item: Add, a: Int64Array, b: Int64Array) -> Int64Array:
    """The rule on centred operands, before the limits; counted from the output's zero point."""
    scaled_a = multiply_by_quantized_multiplier(a << item.left_shift, *item.multiplier_a)
    scaled_b = multiply_by_quantized_multiplier(b << item.left_shift, *item.multiplier_b)
    total = scaled_a - scaled_b if item.subtract else scaled_a + scaled_b
    return multiply_by_quantized_multiplier(total, *item.multiplier_out)
