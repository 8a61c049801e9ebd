"""The two fixed-point softmax kernels in plain Python, after gemmlowp and TFLite-Micro."""

from __future__ import annotations

from tests.reference.arithmetic import (
    INT32_MAX,
    INT32_MIN,
    clamp,
    divide_by_pot,
    high_mul,
    mbqm,
    truncated_division,
)
from tests.reference.sample import Sample
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.program.instructions import LogSoftmax, Softmax, Softmax16
from tinyml_studio.program.program import QuantizedTensor

# exp(-2**k) for k = -2 ... 4 in Q0.31
BARREL = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)


def shift_left_saturating(x: int, exponent: int) -> int:
    """SaturatingRoundingMultiplyByPOT with a positive exponent."""
    return clamp(x << exponent, INT32_MIN, INT32_MAX)


def exp_on_negative(raw: int) -> int:
    """exp of a Q5.26 value in [-32, 0], as Q0.31."""
    if raw == 0:
        return INT32_MAX
    quarter = 1 << 24
    in_quarter = (raw & (quarter - 1)) - quarter
    result = exp_near_zero(shift_left_saturating(in_quarter, 5))
    remainder = in_quarter - raw
    for bit, factor in enumerate(BARREL):
        if remainder & (quarter << bit):
            result = high_mul(result, factor)
    return result


def exp_near_zero(raw: int) -> int:
    """exp of a Q0.31 value in [-1/4, 0): a Taylor polynomial around -1/8."""
    at_eighth, third = 1895147668, 715827883
    x = raw + (1 << 28)
    x2 = high_mul(x, x)
    x3 = high_mul(x2, x)
    x4_over_4 = divide_by_pot(high_mul(x2, x2), 2)
    tail = divide_by_pot(high_mul(x4_over_4 + x3, third) + x2, 1)
    return at_eighth + high_mul(at_eighth, x + tail)


def reciprocal(raw: int) -> int:
    """1 / (1 + x) for x in [0, 1) in Q0.31: three steps of Newton."""
    half = truncated_division(raw + INT32_MAX + 1, 2)  # RoundingHalfSum of positive numbers
    x = 1515870810 + high_mul(half, -1010580540)
    for _ in range(3):
        error = (1 << 29) - high_mul(half, x)
        x += shift_left_saturating(high_mul(x, error), 2)
    return shift_left_saturating(x, 1)


def softmax(item: Softmax, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    depth = x.shape[-1]
    result: list[int] = []
    for start in range(0, len(x.data), depth):
        result += _softmax_row(item, x.data[start : start + depth], output.type)
    return result


def _softmax_row(item: Softmax, row: list[int], type_: IntType) -> list[int]:
    exps: list[int | None] = []
    total = 0
    for q in row:
        difference = q - max(row)
        if difference < item.diff_min:
            exps.append(None)
            continue
        value = exp_on_negative(mbqm(difference, *item.multiplier, item.rounding))
        exps.append(value)
        total += divide_by_pot(value, 12)
    headroom = 32 - total.bit_length()
    scale = reciprocal((total << headroom) - (1 << 31))
    exponent = (12 - headroom) + 31 - type_.bits
    return [
        type_.min
        if value is None
        else clamp(
            divide_by_pot(high_mul(scale, value), exponent) + type_.min, type_.min, type_.max
        )
        for value in exps
    ]


def leading_zeros(value: int) -> int:
    return 32 - value.bit_length()


def log_of_sum(value: int) -> int:
    """log of a Q12.19 value of 1 or more, as Q5.26."""
    root, fourth, quarter = 1518500250, 1805811301, 1 << 23
    half = high_mul(value, root)
    zeros, half_zeros = leading_zeros(value), leading_zeros(half)
    first = shift_left_saturating(high_mul(shift_left_saturating(value, zeros - 1), root), 1)
    second = shift_left_saturating(value, half_zeros - 1)
    power = max(((12 - zeros) << 25) + quarter, ((13 - half_zeros) << 25) - quarter)
    r = min(first, second)
    p = truncated_division(r + fourth + (1 if r + fourth >= 0 else -1), 2)
    q = 2 * (r - fourth)
    square = high_mul(q, q)
    numerator = high_mul(q, r) + high_mul(high_mul(q, square), 117049297)
    inner = 1057819769 + q + high_mul(127690142, square)
    denominator = high_mul(p, inner) + high_mul(638450708, q)
    fraction = high_mul(divide_by_pot(numerator, 6), reciprocal(denominator))
    return shift_left_saturating(high_mul(power, 1488522236) + fraction, 1)


def log_softmax(item: LogSoftmax, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    depth = x.shape[-1]
    result: list[int] = []
    for start in range(0, len(x.data), depth):
        row = x.data[start : start + depth]
        largest, total, scaled = max(row), 0, []
        for q in row:
            counted = max(q - largest, item.diff_min)
            scaled.append(mbqm(counted, *item.multiplier, item.rounding))
            if q - largest >= item.diff_min:
                total += divide_by_pot(exp_on_negative(scaled[-1]), 12)
        logarithm = log_of_sum(total)
        for value in scaled:
            steps = divide_by_pot(value - logarithm, item.drop)
            result.append(clamp(output.zero_point + steps, output.type.min, output.type.max))
    return result


def look_up(value: int, table: list[int]) -> int:
    """LUTLookup of int16 values."""
    index, offset = 256 + (value >> 7), value & 0x7F
    return table[index] + (((table[index + 1] - table[index]) * offset + 64) >> 7)


def softmax16(item: Softmax16, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    depth = x.shape[-1]
    bits, low = output.type.bits, output.type.min
    result = []
    for start in range(0, len(x.data), depth):
        for r in _softmax16_row(item, x.data[start : start + depth]):
            if bits == 16:
                result.append(r)
            else:
                narrow = ((r + (1 << (14 - bits))) >> (15 - bits)) + low
                result.append(clamp(narrow, low, output.type.max))
    return result


def _softmax16_row(item: Softmax16, row: list[int]) -> list[int]:
    exp_table, reciprocal_table = item.exp_table.tolist(), item.reciprocal_table.tolist()
    exps = []
    least = -(0x7FFFFFFF >> max(item.multiplier.shift, 0))
    for q in row:
        difference = max(q - max(row), least)
        scaled = mbqm(difference, *item.multiplier, item.rounding) + 32767
        exps.append(look_up(clamp(scaled, -32768, 32767), exp_table))
    total = sum(exps)
    headroom = 32 - total.bit_length()
    shifted = ((total << (headroom - 1)) + (1 << 13)) >> 14
    centred = clamp(shifted - (1 << 15) - (1 << 16), -32768, 32767)
    scale = look_up(centred, reciprocal_table)
    right = 31 - headroom
    return [clamp((e * scale + (1 << (right - 1))) >> right, 0, 32767) for e in exps]
