"""Fixed-point arithmetic on Python ints, step by step as the C sources write it."""

from __future__ import annotations

import math
from fractions import Fraction

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1


def truncated_division(numerator: int, denominator: int) -> int:
    """Division of C: towards zero."""
    quotient = abs(numerator) // abs(denominator)
    return quotient if (numerator >= 0) == (denominator > 0) else -quotient


def high_mul(a: int, b: int) -> int:
    """SaturatingRoundingDoublingHighMul."""
    assert INT32_MIN <= a <= INT32_MAX
    assert INT32_MIN <= b <= INT32_MAX
    if a == INT32_MIN and b == INT32_MIN:
        return INT32_MAX
    nudge = 2**30 if a * b >= 0 else 1 - 2**30
    return truncated_division(a * b + nudge, 2**31)


def divide_by_pot(x: int, exponent: int) -> int:
    """RoundingDivideByPOT."""
    mask = (1 << exponent) - 1
    threshold = (mask >> 1) + (1 if x < 0 else 0)
    return (x >> exponent) + (1 if (x & mask) > threshold else 0)


def rounded(numerator: int, denominator: int, rounding: str) -> int:
    """An exact quotient by one of the rules with one rounding."""
    value = Fraction(numerator, denominator)
    below = math.floor(value)
    rest = value - below
    if rounding == "floor" or rest == 0:
        return below
    if rest != Fraction(1, 2):
        return below + (1 if rest > Fraction(1, 2) else 0)
    return {
        "double": below + 1,
        "half-up": below + 1,
        "half-away": below + (1 if value > 0 else 0),
        "half-even": below + below % 2,
        "float32": below + below % 2,
    }[rounding]


def float32(value: Fraction) -> Fraction:
    """The nearest number of 24 significant bits, ties to even; exponents have no limits."""
    numerator, denominator = abs(value.numerator), value.denominator
    exponent = numerator.bit_length() - denominator.bit_length() - 24
    numerator <<= max(-exponent, 0)
    denominator <<= max(exponent, 0)
    if numerator >= denominator << 24:
        denominator, exponent = denominator << 1, exponent + 1
    mantissa, rest = divmod(numerator, denominator)
    mantissa += 2 * rest > denominator or (2 * rest == denominator and mantissa % 2 == 1)
    sign = -1 if value < 0 else 1
    return Fraction(sign * mantissa << max(exponent, 0), 1 << max(-exponent, 0))


def mbqm(x: int, mantissa: int, shift: int, rounding: str = "double") -> int:
    """MultiplyByQuantizedMultiplier of int32 with two roundings, or with the one of a rule."""
    if rounding == "float32":
        factor = Fraction(mantissa) * Fraction(2) ** (shift - 31)
        return clamp(round(float32(float32(Fraction(x)) * factor)), INT32_MIN, INT32_MAX)
    left, right = max(shift, 0), max(-shift, 0)
    assert INT32_MIN <= x << left <= INT32_MAX
    if rounding == "double":
        return divide_by_pot(high_mul(x * (1 << left), mantissa), right)
    return rounded(x * mantissa, 2 ** (31 - shift), rounding)


def reduced_mbqm(x: int, mantissa: int, shift: int, rounding: str = "double") -> int:
    """MultiplyByQuantizedMultiplier of int64 with a 16-bit multiplier."""
    assert -(2**47) <= x < 2**47
    if rounding == "float32":
        return mbqm(x, mantissa, shift, rounding)
    reduced = min((mantissa + 2**15) >> 16, 0x7FFF)
    if rounding == "double":
        result = (x * reduced + 2 ** (14 - shift)) >> (15 - shift)
    else:
        result = rounded(x * reduced, 2 ** (15 - shift), rounding)
    assert INT32_MIN <= result <= INT32_MAX
    return result


def clamp(x: int, low: int, high: int) -> int:
    """Limit to [low, high]."""
    return min(max(x, low), high)
