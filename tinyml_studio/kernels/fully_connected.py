"""Fully connected over the last axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.accumulate import MatrixProduct, reach
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.kernels.weighted import WeightedPlan, rescaling
from tinyml_studio.program.instructions import FullyConnected
from tinyml_studio.program.program import QuantizedTensor


@planned
def _plan(item: FullyConnected, inputs: Grids, output: QuantizedTensor) -> WeightedPlan:
    (x,) = inputs
    product = MatrixProduct(item.weights, item.bias, reach(x))
    return WeightedPlan(product, rescaling(item, product.bounds, x, output))


def fully_connected(
    item: FullyConnected, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Every row of the input by itself."""
    (x,) = operands
    plan = _plan(item, (x.tensor,), output)
    centred = x.integers.reshape(-1, x.tensor.shape[-1]).astype(np.int32) - x.tensor.zero_point
    values = plan(centred).astype(np.int64).reshape(len(x.integers), *output.shape)
    return finish(values + output.zero_point, output)
