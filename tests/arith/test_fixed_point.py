import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyml_studio.arith.fixed_point import (
    multiply_by_quantized_multiplier,
    multiply_by_reduced_multiplier,
    reduce_multiplier,
    rounding_divide_by_pot,
    saturating_rounding_doubling_high_mul,
)

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
int32 = st.integers(INT32_MIN, INT32_MAX) | st.sampled_from(
    [INT32_MIN, INT32_MIN + 1, -(2**30), -1, 0, 1, 2**30, INT32_MAX]
)
mantissas = st.integers(0, INT32_MAX) | st.sampled_from([0, 2**30, INT32_MAX])


def truncate(numerator: int, denominator: int) -> int:
    """Division as C does it."""
    quotient = abs(numerator) // denominator
    return quotient if numerator >= 0 else -quotient


def plain_high_mul(a: int, b: int) -> int:
    if a == b == INT32_MIN:
        return INT32_MAX
    nudge = 2**30 if a * b >= 0 else 1 - 2**30
    return truncate(a * b + nudge, 2**31)


def plain_divide(x: int, exponent: int) -> int:
    mask = (1 << exponent) - 1
    threshold = (mask >> 1) + (x < 0)
    return (x >> exponent) + ((x & mask) > threshold)


@given(int32, int32)
def test_high_mul_is_the_plain_rule(a: int, b: int) -> None:
    assert saturating_rounding_doubling_high_mul(a, b) == plain_high_mul(a, b)


@given(int32, st.integers(0, 31))
def test_divide_is_the_plain_rule(x: int, exponent: int) -> None:
    assert rounding_divide_by_pot(x, exponent) == plain_divide(x, exponent)


@pytest.mark.parametrize(
    ("x", "exponent", "expected"),
    [(5, 1, 3), (-5, 1, -3), (6, 2, 2), (-6, 2, -2), (-7, 0, -7), (INT32_MIN, 31, -1), (1, 31, 0)],
)
def test_ties_go_away_from_zero(x: int, exponent: int, expected: int) -> None:
    assert rounding_divide_by_pot(x, exponent) == expected


@given(st.data(), mantissas, st.integers(-31, 30))
def test_multiply_is_the_plain_rule(data: st.DataObject, mantissa: int, shift: int) -> None:
    left = max(shift, 0)
    x = data.draw(st.integers(INT32_MIN >> left, INT32_MAX >> left))
    expected = plain_divide(plain_high_mul(x << left, mantissa), max(-shift, 0))
    assert multiply_by_quantized_multiplier(x, mantissa, shift) == expected


def test_the_two_roundings_differ_from_one() -> None:
    # 1.4990 -> 2.998 -> 3 -> 1.5 -> 2: one rounding would give 1
    mantissa = round(0.5996 * 2**31)
    assert multiply_by_quantized_multiplier(5, mantissa, -1) == 2


@given(st.integers(-(2**47), 2**47 - 1), mantissas, st.integers(-31, 14))
def test_reduced_multiply_is_the_plain_rule(x: int, mantissa: int, shift: int) -> None:
    reduced = min((mantissa + 2**15) >> 16, 0x7FFF)
    expected = (x * reduced + 2 ** (14 - shift)) >> (15 - shift)
    assert reduce_multiplier(mantissa) == reduced
    assert multiply_by_reduced_multiplier(x, mantissa, shift) == expected


def test_channels_broadcast_along_the_last_axis() -> None:
    x = np.array([[1000, 1000], [-999, -999]], np.int32)
    mantissa, shift = np.array([2**30, 2**30], np.int32), np.array([0, 1], np.int32)
    expected = [[500, 1000], [-499, -999]]  # -499.5 rounds up in the first of the two roundings
    assert multiply_by_quantized_multiplier(x, mantissa, shift).tolist() == expected
    assert multiply_by_reduced_multiplier(x, mantissa, shift).tolist() == expected
