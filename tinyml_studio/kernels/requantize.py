"""Values on another grid."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.arith.fixed_point import multiply_by_quantized_multiplier
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import Requantize
from tinyml_studio.program.program import QuantizedTensor


def requantize(
    item: Requantize, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Scale, shift to the output's zero point, clamp."""
    (x,) = operands
    scaled = multiply_by_quantized_multiplier(x.centred, *item.multiplier)
    return finish(scaled + output.zero_point, output, low=item.low, high=item.high)
