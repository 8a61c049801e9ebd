"""Operators that only move values, in plain Python."""

from __future__ import annotations

from fractions import Fraction

from tests.reference.arithmetic import float32, rounded
from tests.reference.sample import Sample, image_shape, indices
from tinyml_studio.program.instructions import (
    Concat,
    Gather,
    Pad,
    Reshape,
    ResizeBilinear,
    ResizeBilinearFloat32,
    Slice,
    Transpose,
)
from tinyml_studio.program.program import QuantizedTensor


def concat(item: Concat, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    result = []
    for index in indices(output.shape):
        position = index[item.axis]
        for part in operands:
            if position < part.shape[item.axis]:
                own = (*index[: item.axis], position, *index[item.axis + 1 :])
                result.append(part.at(*own))
                break
            position -= part.shape[item.axis]
    return result


def slice_(item: Slice, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    result = []
    for index in indices(item.sizes):
        source = [a + s * i for a, s, i in zip(item.starts, item.steps, index, strict=True)]
        result.append(operands[0].at(*source))
    return result


def pad(item: Pad, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    result = []
    for index in indices(output.shape):
        source = [i - before for i, (before, _) in zip(index, item.pads, strict=True)]
        inside = all(0 <= i < extent for i, extent in zip(source, x.shape, strict=True))
        result.append(x.at(*source) if inside else item.value)
    return result


def gather(item: Gather, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    result = []
    for index in indices(output.shape):
        pairs = zip(index, item.indices, strict=True)
        source = [place if taken is None else taken[place] for place, taken in pairs]
        result.append(operands[0].at(*source))
    return result


def resize_bilinear(
    item: ResizeBilinear, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    x, one = operands[0].as_image(), 1 << item.bits
    result = []
    for row, column, c in indices(image_shape(output.shape)):
        y0, y1, f = item.rows[row]
        x0, x1, g = item.columns[column]
        total = x.at(y0, x0, c) * (one - f) * (one - g) + x.at(y1, x0, c) * f * (one - g)
        total += x.at(y0, x1, c) * (one - f) * g + x.at(y1, x1, c) * f * g
        result.append(rounded(total, one * one, item.rounding))
    return result


def resize_bilinear_float32(
    item: ResizeBilinearFloat32, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    x = operands[0].as_image()
    result = []
    for row, column, c in indices(image_shape(output.shape)):
        y0, y1, *row_shares = item.rows[row]
        x0, x1, *column_shares = item.columns[column]
        total = Fraction(0)
        for taken_x, column_share in zip((x0, x1), column_shares, strict=True):
            for taken_y, row_share in zip((y0, y1), row_shares, strict=True):
                scaled = float32((x.at(taken_y, taken_x, c) + 128) * Fraction(row_share))
                total = float32(total + float32(scaled * Fraction(column_share)))
        result.append(int(float32(total + Fraction(1, 2))) - 128)
    return result


def transpose(item: Transpose, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    result = []
    for index in indices(output.shape):
        source = [0] * len(index)
        for axis, origin in enumerate(item.perm):
            source[origin] = index[axis]
        result.append(operands[0].at(*source))
    return result


def reshape(item: Reshape, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    return operands[0].data
