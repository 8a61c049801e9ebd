"""Exponential, reciprocal, logistic and tanh in fixed point, bit for bit as gemmlowp computes them.

A value in Qm.n is an integer that stands for ``raw * 2**-n`` with m + n = 31. All functions take
and give int64 arrays whose values fit int32.

Source: gemmlowp's ``fixedpoint.h``, which TFLite's and CMSIS-NN's int8 softmax, logistic and tanh
kernels use; its constants are ``exp(-2**k)`` in Q0.31.
"""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.bit_length import bit_length
from tinyml_studio.arith.fixed_point import (
    INT32_MAX,
    rounding_divide_by_pot,
    saturating_rounding_doubling_high_mul,
)
from tinyml_studio.arith.inttype import Int64Array

_EXP_EIGHTH = 1895147668  # exp(-1/8)
_ONE_THIRD = 715827883
_EIGHTH = 1 << 28
_BARREL = (
    (-2, 1672461947),
    (-1, 1302514674),
    (0, 790015084),
    (1, 290630308),
    (2, 39332535),
    (3, 720401),
    (4, 242),
)  # exponent k, exp(-2**k) in Q0.31
_LOG_2 = 1488522236
_SQRT_HALF = 1518500250
_FOURTH_ROOT_HALF = 1805811301
_QUARTER_Q6 = 1 << 23
_LOG_N, _LOG_D, _LOG_I, _LOG_F = 117049297, 127690142, 1057819769, 638450708
_ONE_Q3, _HALF_THREE = 1 << 28, (1 << 28) + (1 << 27)  # Q3.28
_ROOT_STEPS = 5
_ROOT_BITS = 29  # of the number whose root is sought
_48_OVER_17 = 1515870810  # Q2.29
_NEG_32_OVER_17 = -1010580540  # Q2.29
_ONE_Q2 = 1 << 29


def exp_on_negative_values(raw: Int64Array, *, integer_bits: int) -> Int64Array:
    """``exp(x)`` in Q0.31 for x <= 0 in Q(integer_bits), 0 to 5 integer bits."""
    fractional = 31 - integer_bits
    quarter = 1 << (fractional - 2)
    remainder_of_quarter = (raw & (quarter - 1)) - quarter
    result = _exp_near_zero(_saturating_shift(remainder_of_quarter, integer_bits))
    whole = remainder_of_quarter - raw
    for exponent, factor in _BARREL:
        if integer_bits > exponent:
            taken = (whole & (1 << (fractional + exponent))) != 0
            result = np.where(taken, saturating_rounding_doubling_high_mul(result, factor), result)
    return np.where(raw == 0, INT32_MAX, result)


def logistic(raw: Int64Array, *, integer_bits: int) -> Int64Array:
    """``1 / (1 + exp(-x))`` in Q0.31 for x in Q(integer_bits)."""
    exponential = exp_on_negative_values(-np.abs(raw), integer_bits=integer_bits)
    positive = one_over_one_plus_x(exponential)
    halves = np.where(raw > 0, positive, INT32_MAX - positive)
    return np.where(raw == 0, 1 << 30, halves)


def tanh(raw: Int64Array, *, integer_bits: int) -> Int64Array:
    """``tanh(x)`` in Q0.31 for x in Q(integer_bits), at most 4 integer bits."""
    # the same bits with one integer bit more are twice the value
    exponential = exp_on_negative_values(-np.abs(raw), integer_bits=integer_bits + 1)
    magnitude = _saturating_shift(_reciprocal(exponential) - _ONE_Q2, 2)
    return np.where(raw == 0, 0, np.where(raw < 0, -magnitude, magnitude))


def one_over_one_plus_x(raw: Int64Array) -> Int64Array:
    """``1 / (1 + x)`` in Q0.31 for x in [0, 1) in Q0.31."""
    # half of a Q2.29 value is the same bits in Q1.30
    return _saturating_shift(_reciprocal(raw), 1)


def log_of_sum(raw: Int64Array) -> Int64Array:
    """``log(x)`` in Q5.26 for x >= 1 in Q12.19.

    Source: ``log_x_for_x_greater_than_or_equal_to_1`` of TFLite.
    """
    multiply = saturating_rounding_doubling_high_mul
    second = multiply(raw, _SQRT_HALF)
    zeros, second_zeros = _leading_zeros(raw), _leading_zeros(second)
    first_part = _saturating_shift(multiply(_saturating_shift(raw, zeros - 1), _SQRT_HALF), 1)
    second_part = _saturating_shift(raw, second_zeros - 1)
    power = np.maximum(
        ((12 - zeros) << 25) + _QUARTER_Q6, ((13 - second_zeros) << 25) - _QUARTER_Q6
    )
    rest = np.minimum(first_part, second_part)
    total = rest + _FOURTH_ROOT_HALF
    middle = np.where(total >= 0, total + 1, total) // 2
    twice = 2 * (rest - _FOURTH_ROOT_HALF)
    square = multiply(twice, twice)
    numerator = multiply(twice, rest) + multiply(multiply(twice, square), _LOG_N)
    denominator = multiply(middle, _LOG_I + twice + multiply(square, _LOG_D))
    share = one_over_one_plus_x(denominator + multiply(twice, _LOG_F))
    fraction = multiply(rounding_divide_by_pot(numerator, 6), share)
    return _saturating_shift(multiply(power, _LOG_2) + fraction, 1)


def inverse_root(value: Int64Array) -> tuple[Int64Array, Int64Array]:
    """``1 / sqrt(value)`` of integers of 0 or more, as mantissas and shifts; 0 counts as 1.

    By Newton's iteration from 1. Source: ``GetInvSqrtQuantizedMultiplierExp`` of TFLite.
    """
    multiply = saturating_rounding_doubling_high_mul
    counted = np.maximum(value, 1)
    quarters = np.maximum(bit_length(counted) - _ROOT_BITS + 1, 0) // 2
    fitting = counted >> (2 * quarters)
    pairs = (31 - bit_length(fitting)) // 2 - 1
    scaled = (fitting << (2 * pairs)) >> 1
    half = rounding_divide_by_pot(scaled, 1)
    x = np.full_like(scaled, _ONE_Q3)
    for _ in range(_ROOT_STEPS):
        cube = _saturating_shift(multiply(multiply(x, x), x), 6)
        x = _saturating_shift(multiply(x, _HALF_THREE) - multiply(half, cube), 3)
    is_one = counted == 1
    mantissa = np.where(is_one, INT32_MAX, multiply(x, _SQRT_HALF))
    return mantissa, np.where(is_one, 0, pairs - quarters - 11)


def _leading_zeros(raw: Int64Array) -> Int64Array:
    """Of positive numbers in 32 bits."""
    return 32 - bit_length(raw)


def _exp_near_zero(raw: Int64Array) -> Int64Array:
    """``exp(x)`` in Q0.31 for x in [-1/4, 0): Taylor around -1/8, fourth order."""
    x = raw + _EIGHTH
    x2 = saturating_rounding_doubling_high_mul(x, x)
    x3 = saturating_rounding_doubling_high_mul(x2, x)
    x4 = saturating_rounding_doubling_high_mul(x2, x2)
    cubic = saturating_rounding_doubling_high_mul(rounding_divide_by_pot(x4, 2) + x3, _ONE_THIRD)
    tail = rounding_divide_by_pot(cubic + x2, 1)
    return _EXP_EIGHTH + saturating_rounding_doubling_high_mul(x + tail, _EXP_EIGHTH)


def _reciprocal(raw: Int64Array) -> Int64Array:
    """``2 / (1 + x)`` in Q2.29 for x in [0, 1) in Q0.31: three steps of Newton and Raphson."""
    total = raw + INT32_MAX
    half = np.where(total >= 0, total + 1, total) // 2
    x = _48_OVER_17 + saturating_rounding_doubling_high_mul(half, _NEG_32_OVER_17)
    for _ in range(3):
        rest = _ONE_Q2 - saturating_rounding_doubling_high_mul(half, x)
        x = x + _saturating_shift(saturating_rounding_doubling_high_mul(x, rest), 2)
    return x


def _saturating_shift(raw: Int64Array, exponent: int | Int64Array) -> Int64Array:
    """``raw * 2**exponent`` within int32."""
    return np.asarray(np.clip(raw << exponent, -INT32_MAX - 1, INT32_MAX))
