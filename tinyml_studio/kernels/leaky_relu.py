"""Leaky Relu of 16-bit values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.fixed_point import multiply_by_quantized_multiplier
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import LeakyRelu
from tinyml_studio.program.program import QuantizedTensor


def leaky_relu(
    item: LeakyRelu, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """One of two multipliers, by the sign of the real value."""
    (x,) = operands
    centred = x.centred
    scaled = np.where(
        centred >= 0,
        multiply_by_quantized_multiplier(centred, *item.identity),
        multiply_by_quantized_multiplier(centred, *item.alpha),
    )
    return finish(scaled + output.zero_point, output, low=item.low, high=item.high)
