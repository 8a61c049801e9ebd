"""Convolution over images and sequences."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.kernels.accumulate import Convolution, Filters, reach
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.kernels.weighted import WeightedPlan, rescaling
from tinyml_studio.program.instructions import Conv2D
from tinyml_studio.program.program import QuantizedTensor


@planned
def _plan(item: Conv2D, inputs: Grids, output: QuantizedTensor) -> WeightedPlan:
    (x,) = inputs
    convolution = Convolution(Filters.of_conv(item), reach(x))
    return WeightedPlan(convolution, rescaling(item, convolution.bounds, x, output))


def conv2d(item: Conv2D, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """Exact accumulators of the centred input, padded with zeros, then the output's grid."""
    (x,) = operands
    plan = _plan(item, (x.tensor,), output)
    return Activation(output, planes=plan(x.planes))
