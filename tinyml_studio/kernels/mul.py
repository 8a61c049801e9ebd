"""Product of two tensors."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.arith.fixed_point import multiply_by_quantized_multiplier
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import centred_pair
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import Mul
from tinyml_studio.program.program import QuantizedTensor


def mul(item: Mul, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """The product of what is left of the zero points, rescaled."""
    a, b = centred_pair(operands)
    scaled = multiply_by_quantized_multiplier(a * b, *item.multiplier)
    return finish(scaled + output.zero_point, output, low=item.low, high=item.high)
