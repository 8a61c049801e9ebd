"""gemmlowp's exponential and reciprocal in fixed point.

Qm.n means n fractional bits of a 32-bit integer; all values here are int64 arrays that hold such
integers. Source: gemmlowp ``fixedpoint.h``, ``exp_on_negative_values`` and
``one_over_one_plus_x_for_x_in_0_1``.
"""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.fixed_point import (
    INT32_MAX,
    rounding_divide_by_pot,
)
from tinyml_studio.arith.fixed_point import (
    saturating_rounding_doubling_high_mul as high_mul,
)
from tinyml_studio.arith.inttype import Int64Array

_QUARTER = 1 << 24  # 1/4 in Q5.26
_EXP_MINUS_EIGHTH = 1895147668  # exp(-1/8) in Q0.31
_THIRD = 715827883  # 1/3 in Q0.31
# exp(-1/4), exp(-1/2), exp(-1), ... exp(-16) in Q0.31
_EXP_MINUS_POWERS = (1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242)
_48_OVER_17 = 1515870810  # Q2.29
_MINUS_32_OVER_17 = -1010580540  # Q2.29
_NEWTON_STEPS = 3


def exp_on_negative_values(values: Int64Array) -> Int64Array:
    """Exponential of Q5.26 values in [-32, 0], as Q0.31."""
    in_quarter = (values & (_QUARTER - 1)) - _QUARTER
    result = _exp_near_zero(_shift_left(in_quarter, 5))
    remainder = in_quarter - values
    for bit, factor in enumerate(_EXP_MINUS_POWERS):
        taken = (remainder & (_QUARTER << bit)) != 0
        result = np.where(taken, high_mul(result, factor), result)
    return np.where(values == 0, INT32_MAX, result)


def _exp_near_zero(values: Int64Array) -> Int64Array:
    """Exponential of Q0.31 values in [-1/4, 0): a Taylor polynomial of degree 4 around -1/8."""
    x = values + (1 << 28)
    x2 = high_mul(x, x)
    x3 = high_mul(x2, x)
    x4_over_4 = rounding_divide_by_pot(high_mul(x2, x2), 2)
    tail = rounding_divide_by_pot(high_mul(x4_over_4 + x3, _THIRD) + x2, 1)
    return np.asarray(_EXP_MINUS_EIGHTH + high_mul(x + tail, _EXP_MINUS_EIGHTH))


def one_over_one_plus_x(values: Int64Array) -> Int64Array:
    """``1 / (1 + x)`` for Q0.31 values in [0, 1), as Q0.31: Newton-Raphson division."""
    half_denominator = (values + INT32_MAX + 1) >> 1
    x = _48_OVER_17 + high_mul(half_denominator, _MINUS_32_OVER_17)
    for _ in range(_NEWTON_STEPS):
        error = (1 << 29) - high_mul(half_denominator, x)
        x = x + _shift_left(high_mul(x, error), 2)
    return _shift_left(x, 1)


def _shift_left(values: Int64Array, bits: int) -> Int64Array:
    """Left shift that saturates to int32."""
    return np.asarray(np.clip(values << bits, -INT32_MAX - 1, INT32_MAX))
