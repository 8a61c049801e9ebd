"""Operators of ONNX Runtime in float32, on exact fractions that are rounded after each step."""

from __future__ import annotations

from fractions import Fraction

from tests.reference.arithmetic import INT32_MAX, clamp, float32, rounded
from tests.reference.sample import Sample, image_shape, indices
from tests.reference.windows import taps
from tinyml_studio.program.instructions import (
    AddFloat32,
    AveragePoolFloat32,
    DivFloat32,
    MulFloat32,
    RequantizeFloat32,
    SoftmaxFloat32,
)
from tinyml_studio.program.program import QuantizedTensor


def add(item: AddFloat32, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    a, b = operands
    result = []
    for index in indices(output.shape):
        inner = (b.broadcast_at(index) + item.origin) * Fraction(item.ratio_b) + Fraction(
            item.offset
        )
        outer = (a.broadcast_at(index) + item.origin) * Fraction(item.ratio_a) + float32(inner)
        result.append(clamp(round(float32(outer)) - item.origin, item.low, item.high))
    return result


def mul(item: MulFloat32, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    a, b = operands
    result = []
    for index in indices(output.shape):
        product = (a.broadcast_at(index) - a.zero_point) * (b.broadcast_at(index) - b.zero_point)
        scaled = float32(float32(Fraction(product)) * Fraction(item.ratio))
        value = round(float32(scaled + output.zero_point + item.origin)) - item.origin
        result.append(clamp(value, item.low, item.high))
    return result


def div(item: DivFloat32, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    a, b = operands
    result = []
    for index in indices(output.shape):
        first = a.broadcast_at(index) - a.zero_point
        second = b.broadcast_at(index) - b.zero_point
        if second:
            real = float32(first * Fraction(item.scale_a)), float32(second * Fraction(item.scale_b))
            steps = float32(float32(real[0] / real[1]) / Fraction(item.out_scale))
            value = output.zero_point + rounded(steps.numerator, steps.denominator, item.rounding)
        else:
            value = INT32_MAX * ((first > 0) - (first < 0)) if first else item.undefined
        result.append(clamp(value, item.low, item.high))
    return result


def requantize(
    item: RequantizeFloat32, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    x = operands[0]
    result = []
    for q in x.data:
        real = float32((q - x.zero_point) * Fraction(item.scale))
        if real < 0:
            real = float32(real * Fraction(item.slope))
        steps = float32(real / Fraction(item.out_scale))
        result.append(clamp(output.zero_point + round(steps), item.low, item.high))
    return result


def average_pool(
    item: AveragePoolFloat32, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    x = operands[0].as_image()
    result = []
    for row, column, c in indices(image_shape(output.shape)):
        total, count = Fraction(0), 0
        for _, _, y, cx in taps(x, item, item.kernel, row, column):
            real = float32((x.at(y, cx, c) - x.zero_point) * Fraction(item.scale))
            total, count = float32(total + real), count + 1
        steps = float32(float32(total / count) / Fraction(item.out_scale))
        value = round(float32(steps + output.zero_point + item.origin)) - item.origin
        result.append(clamp(value, item.low, item.high))
    return result


def softmax(item: SoftmaxFloat32, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    coarse, fine = item.coarse.tolist(), item.fine.tolist()
    depth = x.shape[-1]
    result = []
    for start in range(0, len(x.data), depth):
        row = x.data[start : start + depth]
        distances = [divmod(max(row) - q, len(fine)) for q in row]
        exps = [float32(Fraction(coarse[d]) * Fraction(fine[r])) for d, r in distances]
        total = Fraction(0)
        for value in exps:
            total = float32(total + value)
        for value in exps:
            share = output.zero_point + round(value * Fraction(item.steps) / total)
            result.append(clamp(share, output.type.min, output.type.max))
    return result
