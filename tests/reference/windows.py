"""Convolutions, fully connected layers and pools in plain Python."""

from __future__ import annotations

from collections.abc import Iterator

from tests.reference.arithmetic import clamp, mbqm, reduced_mbqm, rounded, truncated_division
from tests.reference.sample import Sample, image_shape, indices
from tinyml_studio.program.instructions import (
    AveragePool2D,
    AveragePoolFloat32,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    FullyConnectedReal,
    MaxPool2D,
    TransposeConv2D,
)
from tinyml_studio.program.program import QuantizedTensor

Weighted = Conv2D | DepthwiseConv2D | TransposeConv2D | FullyConnected


def taps(
    x: Sample,
    item: Conv2D | DepthwiseConv2D | MaxPool2D | AveragePool2D | AveragePoolFloat32,
    kernel: tuple[int, int],
    row: int,
    column: int,
) -> Iterator[tuple[int, int, int, int]]:
    """``(ky, kx, y, x)`` of the taps of one output position that lie inside the input."""
    height, width, _ = x.shape
    (top, _), (left, _) = item.pads
    dilation_y, dilation_x = getattr(item, "dilations", (1, 1))
    for ky in range(kernel[0]):
        for kx in range(kernel[1]):
            y = row * item.strides[0] - top + ky * dilation_y
            column_in = column * item.strides[1] - left + kx * dilation_x
            if 0 <= y < height and 0 <= column_in < width:
                yield ky, kx, y, column_in


def requantize(acc: int, channel: int, item: Weighted, x: Sample, output: QuantizedTensor) -> int:
    """The accumulator of one channel on the output's grid."""
    multiply = reduced_mbqm if x.bits == 16 else mbqm
    scaled = multiply(acc, int(item.multiplier[channel]), int(item.shift[channel]), item.rounding)
    return clamp(output.zero_point + scaled, item.low, item.high)


def conv2d(item: Conv2D, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0].as_image()
    weights = item.weights.tolist()
    kernel = (item.weights.shape[1], item.weights.shape[2])
    depth = item.weights.shape[3]
    per_group = item.weights.shape[0] // item.groups
    result = []
    for row, column, o in indices(image_shape(output.shape)):
        acc = int(item.bias[o])
        first = (o // per_group) * depth
        for ky, kx, y, column_in in taps(x, item, kernel, row, column):
            for i in range(depth):
                value = x.at(y, column_in, first + i) - x.zero_point
                acc += value * weights[o][ky][kx][i]
        result.append(requantize(acc, o, item, x, output))
    return result


def depthwise_conv2d(
    item: DepthwiseConv2D, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    x = operands[0].as_image()
    weights = item.weights.tolist()
    kernel = (item.weights.shape[0], item.weights.shape[1])
    multiple = item.weights.shape[2] // x.shape[2]
    result = []
    for row, column, o in indices(image_shape(output.shape)):
        acc = int(item.bias[o])
        for ky, kx, y, column_in in taps(x, item, kernel, row, column):
            acc += (x.at(y, column_in, o // multiple) - x.zero_point) * weights[ky][kx][o]
        result.append(requantize(acc, o, item, x, output))
    return result


def fully_connected(
    item: FullyConnected, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    x = operands[0]
    weights = item.weights.tolist()
    depth = x.shape[-1]
    result = []
    for start in range(0, len(x.data), depth):
        row = x.data[start : start + depth]
        for o, filter_ in enumerate(weights):
            acc = int(item.bias[o])
            for value, weight in zip(row, filter_, strict=True):
                acc += (value - x.zero_point) * weight
            result.append(requantize(acc, o, item, x, output))
    return result


def fully_connected_real(
    item: FullyConnectedReal, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    x = operands[0]
    depth = x.shape[-1]
    result = []
    for start in range(0, len(x.data), depth):
        row = x.data[start : start + depth]
        for o, filter_ in enumerate(item.weights.tolist()):
            acc = int(item.bias[o]) + sum(
                (value - x.zero_point) * weight for value, weight in zip(row, filter_, strict=True)
            )
            product = abs(acc) * int(item.factor[o])
            unit = 2 ** max(product.bit_length() - 53, 0)
            below, rest = divmod(product, unit)
            kept = (below + (2 * rest > unit or (2 * rest == unit and below % 2 == 1))) * unit
            steps = (kept + 2 ** (int(item.shift[o]) - 1)) // 2 ** int(item.shift[o])
            steps = steps if acc >= 0 else -steps
            result.append(clamp(output.zero_point + steps, item.low, item.high))
    return result


def max_pool2d(item: MaxPool2D, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0].as_image()
    result = []
    for row, column, c in indices(image_shape(output.shape)):
        seen = [x.at(y, cx, c) for _, _, y, cx in taps(x, item, item.kernel, row, column)]
        result.append(clamp(max(seen), item.low, item.high))
    return result


def average_pool2d(
    item: AveragePool2D, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    x = operands[0].as_image()
    result = []
    for row, column, c in indices(image_shape(output.shape)):
        seen = [x.at(y, cx, c) for _, _, y, cx in taps(x, item, item.kernel, row, column)]
        total, count = sum(seen), len(seen)
        if item.rounding == "half-away":
            half = count // 2 if total > 0 else -(count // 2)
            mean = truncated_division(total + half, count)
        else:
            mean = rounded(total, count, item.rounding)
        result.append(clamp(mean, item.low, item.high))
    return result
