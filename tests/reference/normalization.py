"""Vectors of the length 1 in plain Python, after TFLite's ``L2Normalization``."""

from __future__ import annotations

from tests.reference.arithmetic import INT32_MAX, clamp, divide_by_pot, high_mul, mbqm
from tests.reference.sample import Sample
from tests.reference.softmax import shift_left_saturating
from tinyml_studio.program.instructions import L2Normalization
from tinyml_studio.program.program import QuantizedTensor

HALF_SQRT_2 = 1518500250


def inverse_root(value: int) -> tuple[int, int]:
    """GetInvSqrtQuantizedMultiplierExp, with a left shift in the shift instead of the mantissa."""
    if value <= 1:
        return INT32_MAX, 0
    right = 11
    while value >= 1 << 29:
        value //= 4
        right += 1
    pairs = (31 - value.bit_length()) // 2 - 1
    scaled = (value << (2 * pairs)) >> 1
    half, x = divide_by_pot(scaled, 1), 1 << 28
    for _ in range(5):
        cube = shift_left_saturating(high_mul(high_mul(x, x), x), 6)
        rest = high_mul(3 << 27, x) - high_mul(half, cube)
        x = shift_left_saturating(rest, 3)
    return high_mul(x, HALF_SQRT_2), pairs - right


def l2_normalization(
    item: L2Normalization, operands: list[Sample], output: QuantizedTensor
) -> list[int]:
    x = operands[0]
    depth = x.shape[-1]
    result: list[int] = []
    for start in range(0, len(x.data), depth):
        row = [q - x.zero_point for q in x.data[start : start + depth]]
        mantissa, shift = inverse_root(sum(value * value for value in row))
        for value in row:
            steps = mbqm(value << item.lift, mantissa, shift + item.rise, item.rounding)
            result.append(clamp(output.zero_point + steps, output.type.min, output.type.max))
    return result
