"""Operators on single values, and the mean, in plain Python."""

from __future__ import annotations

from tests.reference.arithmetic import INT32_MAX, clamp, high_mul, mbqm, rounded
from tests.reference.sample import Sample, indices
from tests.reference.softmax import leading_zeros, reciprocal
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.program.instructions import (
    Add,
    ArgMax,
    Div,
    Extremum,
    Interpolate,
    LeakyRelu,
    Logistic16,
    Lookup,
    Mean,
    Mul,
    Piecewise,
    PRelu,
    Requantize,
    SquaredDifference,
)
from tinyml_studio.program.program import QuantizedTensor


def add(item: Add, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    a, b = operands
    result = []
    for index in indices(output.shape):
        left = (a.broadcast_at(index) - a.zero_point) * (1 << item.left_shift)
        right = (b.broadcast_at(index) - b.zero_point) * (1 << item.left_shift)
        scaled_a, scaled_b = (
            mbqm(left, *item.multiplier_a, item.rounding),
            mbqm(right, *item.multiplier_b, item.rounding),
        )
        total = scaled_a - scaled_b if item.subtract else scaled_a + scaled_b
        value = output.zero_point + mbqm(total, *item.multiplier_out, item.rounding)
        result.append(clamp(value, item.low, item.high))
    return result


def squared_difference(
    item: SquaredDifference, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    a, b = operands
    result = []
    for index in indices(output.shape):
        left = (a.broadcast_at(index) - a.zero_point) * (1 << item.left_shift)
        right = (b.broadcast_at(index) - b.zero_point) * (1 << item.left_shift)
        difference = mbqm(left, *item.multiplier_a, item.rounding) - mbqm(
            right, *item.multiplier_b, item.rounding
        )
        scaled = mbqm(difference * difference, *item.multiplier_out, item.rounding)
        result.append(clamp(output.zero_point + scaled, item.low, item.high))
    return result


def mul(item: Mul, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    a, b = operands
    result = []
    for index in indices(output.shape):
        factor_a = a.broadcast_at(index) - a.zero_point
        factor_b = b.broadcast_at(index) - b.zero_point
        value = output.zero_point + mbqm(factor_a * factor_b, *item.multiplier, item.rounding)
        result.append(clamp(value, item.low, item.high))
    return result


def div(item: Div, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    a, b = operands
    result = []
    for index in indices(output.shape):
        numerator = a.broadcast_at(index) - a.zero_point
        divisor = b.broadcast_at(index) - b.zero_point
        value = output.zero_point + quotient(item, numerator, divisor)
        result.append(clamp(value, item.low, item.high))
    return result


def quotient(item: Div, numerator: int, divisor: int) -> int:
    """One quotient of integers that count from their zero points."""
    if divisor == 0:
        return INT32_MAX * ((numerator > 0) - (numerator < 0))
    if divisor < 0:
        numerator, divisor = -numerator, -divisor
    zeros = leading_zeros(divisor)
    inverse = reciprocal((divisor << zeros) - (1 << 31))
    headroom = 0
    while headroom < 31 and -(2**31) <= numerator << (headroom + 1) < 2**31:
        headroom += 1
    exact = high_mul(numerator << headroom, inverse)
    shift = item.multiplier.shift - (31 - zeros) - headroom
    return 0 if shift < -31 else mbqm(exact, item.multiplier.mantissa, shift, item.rounding)


def extremum(item: Extremum, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    choose = max if item.largest else min
    pairs = [[x.broadcast_at(index) for x in operands] for index in indices(output.shape)]
    return [choose(pair) for pair in pairs]


def arg_max(item: ArgMax, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    before, after = x.shape[: item.axis], x.shape[item.axis + 1 :]
    result = []
    for index in indices((*before, *after)):
        row = [x.at(*index[: item.axis], i, *index[item.axis :]) for i in range(x.shape[item.axis])]
        result.append(row.index(min(row) if item.smallest else max(row)))
    return result


def mean(item: Mean, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    kept = [axis for axis in range(len(x.shape)) if axis not in item.axes]
    sums: dict[tuple[int, ...], int] = {}
    counts: dict[tuple[int, ...], int] = {}
    for index in indices(x.shape):
        key = tuple(index[axis] for axis in kept)
        sums[key] = sums.get(key, 0) + x.at(*index)
        counts[key] = counts.get(key, 0) + 1
    result = []
    for key in sorted(sums):
        centred = sums[key] - counts[key] * x.zero_point
        if item.divisor > 1:
            left = max(item.multiplier.shift - 1, 0)
            right = max(1 - item.multiplier.shift, 0)
            scaled = rounded(centred << left, item.divisor << right, item.rounding)
        else:
            scaled = mbqm(centred, *item.multiplier, item.rounding)
        value = output.zero_point + scaled
        result.append(clamp(value, item.low, item.high))
    return result


def requantize(item: Requantize, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    return [
        clamp(
            output.zero_point + mbqm(q - x.zero_point, *item.multiplier, item.rounding),
            item.low,
            item.high,
        )
        for q in x.data
    ]


def leaky_relu(item: LeakyRelu, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    result = []
    for q in x.data:
        multiplier = item.identity if q >= x.zero_point else item.alpha
        value = output.zero_point + mbqm(q - x.zero_point, *multiplier, item.rounding)
        result.append(clamp(value, item.low, item.high))
    return result


def prelu(item: PRelu, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x, slope = operands
    result = []
    for index in indices(output.shape):
        value = x.broadcast_at(index) - x.zero_point
        if value >= 0:
            scaled = mbqm(value, *item.identity, item.rounding)
        else:
            product = value * (slope.broadcast_at(index) - slope.zero_point)
            scaled = mbqm(product, *item.alpha, item.rounding)
        result.append(clamp(output.zero_point + scaled, item.low, item.high))
    return result


def lookup(item: Lookup, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    return [int(item.table[q - IntType(x.bits).min]) for q in x.data]


def interpolate(item: Interpolate, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    table = item.table.tolist()
    result = []
    for q in operands[0].data:
        index, fraction = 256 + (q >> 7), q & 127
        slope = table[index + 1] - table[index]
        value = table[index] + ((slope * fraction + 64) >> 7)
        result.append(clamp(value, item.low, item.high))
    return result


def piecewise(item: Piecewise, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    table, pages, length = item.table.tolist(), item.page.tolist(), 2**item.shift
    result = []
    for q in operands[0].data:
        line, along = divmod(q + 2**15, length)
        if pages[line]:
            result.append(int(item.values[pages[line] - 1, along]))
        else:
            rise = (table[line + 1] - table[line]) * along
            result.append(table[line] + (rise + length // 2) // length)
    return result


def logistic16(item: Logistic16, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    scalar = tanh16_of if item.tanh else sigmoid16_of
    rounding = 1 << (item.shift - 1) if item.shift > 0 else 0
    table = item.table.tolist()
    return [scalar((q * item.multiplier + rounding) >> item.shift, table) for q in operands[0].data]


def sigmoid16_of(value: int, table: list[int]) -> int:
    """Sigmoid of an argument in steps of 1 / (3 * 4096)."""
    high, fraction = abs(value) >> 9, abs(value) & 0x1FF
    if high >= 255:
        result = 0x7FFF << 10
    else:
        result = (table[high] << 9) + fraction * (table[high + 1] - table[high])
    if value >= 0:
        return (result + (1 << 9)) >> 10
    return ((1 << 25) - result + (1 << 9) - 1) >> 10


def tanh16_of(value: int, table: list[int]) -> int:
    """Tanh of an argument in steps of 1 / (3 * 4096)."""
    high, fraction = abs(value) >> 8, abs(value) & 0xFF
    if high >= 255:
        result = 0xFFFF << 8
    else:
        result = (table[high] << 8) + fraction * (table[high + 1] - table[high])
    if value >= 0:
        return (result - (1 << 23) + (1 << 7)) >> 8
    return (-result + (1 << 23) + (1 << 7) - 1) >> 8
