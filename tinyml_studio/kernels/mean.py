"""Mean over axes of the sample."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.arith.fixed_point import multiply_by_quantized_multiplier
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import Mean
from tinyml_studio.program.program import QuantizedTensor


def mean(item: Mean, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """The sum of what is left of the zero point; the multiplier divides."""
    (x,) = operands
    total = x.centred.sum(axis=tuple(axis + 1 for axis in item.axes))
    scaled = multiply_by_quantized_multiplier(total, *item.multiplier)
    return finish(scaled + output.zero_point, output, low=item.low, high=item.high)
