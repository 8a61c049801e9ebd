"""Leaky Relu with slopes of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import common_rank, with_rank
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import PRelu
from tinyml_studio.program.program import QuantizedTensor


def prelu(item: PRelu, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """One of two multipliers, by the sign of the real value."""
    x, slope = (with_rank(operand.centred, common_rank(operands)) for operand in operands)
    scaled = np.where(
        x >= 0,
        multiply(np.maximum(x, 0), *item.identity, item.rounding),
        multiply(np.minimum(x, 0) * slope, *item.alpha, item.rounding),
    )
    return finish(scaled + output.zero_point, output, low=item.low, high=item.high)
