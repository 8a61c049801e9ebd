"""Convolution of every channel by itself."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.kernels.accumulate import Convolution, Filters, reach
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.kernels.weighted import WeightedPlan, rescaling
from tinyml_studio.program.instructions import DepthwiseConv2D
from tinyml_studio.program.program import QuantizedTensor


@planned
def _plan(item: DepthwiseConv2D, inputs: Grids, output: QuantizedTensor) -> WeightedPlan:
    (x,) = inputs
    convolution = Convolution(Filters.of_depthwise(item, x.shape[-1]), reach(x))
    return WeightedPlan(convolution, rescaling(item, convolution.bounds, x, output))


def depthwise_conv2d(
    item: DepthwiseConv2D, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """As `conv2d`, with one group per input channel."""
    (x,) = operands
    plan = _plan(item, (x.tensor,), output)
    return Activation(output, planes=plan(x.planes))
