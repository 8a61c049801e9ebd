"""Mean over windows in float32, padding not counted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.kernels.activation import Activation, image_shape
from tinyml_studio.program.instructions import AveragePoolFloat32
from tinyml_studio.program.program import QuantizedTensor


def average_pool_float32(
    item: AveragePoolFloat32, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Dequantized values added one after the other, the mean on the output's grid."""
    (x,) = operands
    # adding a zero of the padding changes no sum
    total = _sums(item, x.planes * np.float32(item.scale), output)
    count = _sums(item, np.ones_like(x.planes[:1, :1]), output)
    steps = total / count / np.float32(item.out_scale)
    values = np.rint(steps + np.float32(output.zero_point + item.origin)) - np.float32(item.origin)
    limited = np.clip(values, np.float32(item.low), np.float32(item.high))
    return Activation(output, planes=limited - np.float32(output.zero_point))


def _sums(item: AveragePoolFloat32, planes: FloatArray, output: QuantizedTensor) -> FloatArray:
    """Sums ``(N, C, H', W')`` over the windows of planes ``(N, C, H, W)``, tap after tap."""
    padded = np.pad(planes, ((0, 0), (0, 0), *item.pads))
    height, width, _ = image_shape(output.shape)
    total = np.zeros((*planes.shape[:2], height, width), np.float32)
    for y, x in product(range(item.kernel[0]), range(item.kernel[1])):
        rows = slice(y, y + (height - 1) * item.strides[0] + 1, item.strides[0])
        columns = slice(x, x + (width - 1) * item.strides[1] + 1, item.strides[1])
        np.add(total, padded[:, :, rows, columns], out=total)
    return total
