"""Transposed convolution over images and sequences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.kernels.accumulate import Convolution, Filters, reach
from tinyml_studio.kernels.activation import Activation, image_shape
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.kernels.weighted import WeightedPlan, rescaling
from tinyml_studio.program.instructions import TransposeConv2D
from tinyml_studio.program.program import QuantizedTensor


@planned
def _plan(item: TransposeConv2D, inputs: Grids, output: QuantizedTensor) -> WeightedPlan:
    (x,) = inputs
    flipped = np.ascontiguousarray(item.weights[:, ::-1, ::-1])
    none = ((0, 0), (0, 0))
    filters = Filters(flipped, item.bias, (1, 1), none, item.dilations, item.groups)
    convolution = Convolution(filters, reach(x))
    return WeightedPlan(convolution, rescaling(item, convolution.bounds, x, output))


def transpose_conv2d(
    item: TransposeConv2D, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """A convolution with the mirrored filters of the centred inputs, stride - 1 zeros between."""
    (x,) = operands
    plan = _plan(item, (x.tensor,), output)
    return Activation(output, planes=plan(spread(item, x.planes, image_shape(output.shape)[:2])))


def spread(item: TransposeConv2D, planes: FloatArray, extent: tuple[int, int]) -> FloatArray:
    """Planes ``(N, C, H, W)`` with zeros between the values and around them.

    A window over them has as many positions on each axis as the output's `extent`.
    """
    reaches = [(k - 1) * d for k, d in zip(item.weights.shape[1:3], item.dilations, strict=True)]
    sizes = [size + more for size, more in zip(extent, reaches, strict=True)]
    result = np.zeros((*planes.shape[:2], *sizes), np.float32)
    targets, sources = [], []
    for axis in (0, 1):
        stride = item.strides[axis]
        first = reaches[axis] - item.pads[axis][0]
        skipped = max(-(first // stride), 0)
        start = first + skipped * stride
        count = min(planes.shape[2 + axis] - skipped, -(-(sizes[axis] - start) // stride))
        sources.append(slice(skipped, skipped + max(count, 0)))
        targets.append(slice(start, start + max(count, 0) * stride, stride))
    result[:, :, targets[0], targets[1]] = planes[:, :, sources[0], sources[1]]
    return result
