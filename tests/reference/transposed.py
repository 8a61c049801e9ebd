"""Transposed convolution in plain Python: every input scatters its products."""

from __future__ import annotations

from tests.reference.sample import Sample, image_shape, indices
from tests.reference.windows import requantize
from tinyml_studio.program.instructions import TransposeConv2D
from tinyml_studio.program.program import QuantizedTensor


def transpose_conv2d(
    item: TransposeConv2D, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    x = operands[0].as_image()
    weights = item.weights.tolist()
    _, height, width, depth = item.weights.shape
    per_group = item.weights.shape[0] // item.groups
    sums = {index: int(item.bias[index[2]]) for index in indices(image_shape(output.shape))}
    (top, _), (left, _) = item.pads
    for row, column, channel in indices(x.shape):
        value = x.at(row, column, channel) - x.zero_point
        group, place = divmod(channel, depth)
        for ky, kx, o in indices((height, width, per_group)):
            filter_ = group * per_group + o
            y = row * item.strides[0] + ky * item.dilations[0] - top
            x_at = column * item.strides[1] + kx * item.dilations[1] - left
            if (y, x_at, filter_) in sums:
                sums[y, x_at, filter_] += value * weights[filter_][ky][kx][place]
    return [requantize(acc, index[2], item, x, output) for index, acc in sums.items()]
