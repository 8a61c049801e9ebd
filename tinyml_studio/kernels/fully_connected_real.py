"""Fully connected over the last axis, by real factors in double precision."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.accumulate import MatrixProduct, reach
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import FullyConnectedReal
from tinyml_studio.program.program import QuantizedTensor


def fully_connected_real(
    item: FullyConnectedReal, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Every row of the input by itself; an accumulator and a factor are exact in float64."""
    (x,) = operands
    product = MatrixProduct(item.weights, item.bias, reach(x.tensor))
    centred = x.integers.reshape(-1, x.tensor.shape[-1]).astype(np.int32) - x.tensor.zero_point
    steps = product(centred).astype(np.float64) * np.ldexp(item.factor, -item.shift)
    below = np.trunc(steps)
    away = np.copysign(np.abs(steps - below) >= 0.5, steps)
    limits = item.low - output.zero_point, item.high - output.zero_point
    values = np.clip(below + away, *limits).astype(np.int64)
    return finish(values.reshape(len(x.integers), *output.shape) + output.zero_point, output)
