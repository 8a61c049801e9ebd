"""Rules that take an exact product or quotient to an integer, and the multiplications by them.

The functions take one Python int or an array and give the same, as `fixed_point` does.
"""

from __future__ import annotations

from enum import StrEnum
from typing import overload

import numpy as np

from tinyml_studio.arith.fixed_point import (
    INT32_MAX,
    IntLike,
    multiply_by_quantized_multiplier,
    reduce_multiplier,
)
from tinyml_studio.arith.inttype import Int64Array, IntArray


class Rounding(StrEnum):
    """How a value between two integers becomes one of them.

    Every rule is monotone: a larger accumulator never gives a smaller result.
    """

    DOUBLE = "double"
    """TFLite's two roundings: the high half of the product with ties towards +infinity, then a
    right shift with ties away from zero. A left shift, a quotient and a product of a 64-bit
    accumulator have one rounding, that of `HALF_UP`."""

    HALF_UP = "half-up"
    """Once, to nearest, ties towards +infinity."""

    HALF_AWAY = "half-away"
    """Once, to nearest, ties away from zero."""

    HALF_EVEN = "half-even"
    """Once, to nearest, ties to the even integer."""

    FLOOR = "floor"
    """Once, towards -infinity."""

    FLOAT32 = "float32"
    """In float32 as ONNX Runtime: the accumulator is rounded to 24 significant bits, so is its
    product with a factor of 24 bits, and that becomes the nearest integer, all with ties to even.
    Products beyond int32 saturate. A quotient and dropped bits have one rounding, that of
    `HALF_EVEN`."""


_TO_EVEN = (Rounding.HALF_EVEN, Rounding.FLOAT32)
_INT32_EDGE = np.float32(1 << 31)


@overload
def drop_bits(value: int, bits: int, rounding: Rounding) -> int: ...
@overload
def drop_bits(value: IntArray, bits: IntLike, rounding: Rounding) -> Int64Array: ...
def drop_bits(value: int | IntArray, bits: IntLike, rounding: Rounding) -> int | Int64Array:
    """``value / 2**bits`` with one rounding, for ``|value| <= 2**62`` and `bits` in [0, 62]."""
    wide, power = np.asarray(value, np.int64), np.asarray(bits, np.int64)
    half = (np.int64(1) << power) >> 1
    if rounding is Rounding.FLOOR:
        dropped = wide >> power
    elif rounding is Rounding.HALF_AWAY:
        # one less on the negative side turns "ties up" into "ties away from zero"
        dropped = (wide + half - ((wide < 0) & (power > 0))) >> power
    elif rounding in _TO_EVEN:
        # just below the tie where the integer below it is even already
        below_is_even = ((wide >> power) & 1) == 0
        dropped = (wide + half - (below_is_even & (power > 0))) >> power
    else:
        dropped = (wide + half) >> power
    return int(dropped) if isinstance(value, int) else np.asarray(dropped)


@overload
def divide(numerator: int, denominator: int, rounding: Rounding) -> int: ...
@overload
def divide(numerator: IntArray, denominator: IntLike, rounding: Rounding) -> Int64Array: ...
def divide(numerator: int | IntArray, denominator: IntLike, rounding: Rounding) -> int | Int64Array:
    """``numerator / denominator`` with one rounding; the denominator is positive.

    ``2 * |remainder|`` and the numerator fit int64.
    """
    divisor = np.asarray(denominator, np.int64)
    below, rest = np.divmod(np.asarray(numerator, np.int64), divisor)
    twice = 2 * rest
    if rounding is Rounding.FLOOR:
        up = np.zeros_like(rest, dtype=bool)
    elif rounding is Rounding.HALF_AWAY:
        up = (twice > divisor) | ((twice == divisor) & (below >= 0))
    elif rounding in _TO_EVEN:
        up = (twice > divisor) | ((twice == divisor) & (below & 1 == 1))
    else:
        up = twice >= divisor
    quotient = below + up
    return int(quotient) if isinstance(numerator, int) else np.asarray(quotient)


@overload
def multiply(x: int, mantissa: int, shift: int, rounding: Rounding) -> int: ...
@overload
def multiply(x: IntArray, mantissa: IntLike, shift: IntLike, rounding: Rounding) -> Int64Array: ...
def multiply(
    x: int | IntArray, mantissa: IntLike, shift: IntLike, rounding: Rounding
) -> int | Int64Array:
    """``x * mantissa * 2**(shift - 31)`` of accumulators whose left shift fits int32.

    `mantissa` lies in [0, 2**31 - 1], `shift` in [-31, 30]; positive means left. For
    `Rounding.FLOAT32` the mantissa has 24 significant bits, the accumulator may have 48 bits and
    the shift may go down to -48.
    """
    if rounding is Rounding.FLOAT32:
        scaled = _multiply_float32(np.asarray(x, np.int64), mantissa, shift)
    elif rounding is Rounding.DOUBLE:
        scaled = multiply_by_quantized_multiplier(np.asarray(x, np.int64), mantissa, shift)
    else:
        product = np.asarray(x, np.int64) * np.asarray(mantissa, np.int64)
        scaled = drop_bits(product, 31 - np.asarray(shift, np.int64), rounding)
    return int(scaled) if isinstance(x, int) else scaled


@overload
def multiply_wide(x: int, mantissa: int, shift: int, rounding: Rounding) -> int: ...
@overload
def multiply_wide(
    x: IntArray, mantissa: IntLike, shift: IntLike, rounding: Rounding
) -> Int64Array: ...
def multiply_wide(
    x: int | IntArray, mantissa: IntLike, shift: IntLike, rounding: Rounding
) -> int | Int64Array:
    """``x * mantissa * 2**(shift - 31)`` of accumulators within +-2**47, mantissa in 16 bits.

    `mantissa` is the Q31 one, not yet reduced; `shift` lies in [-31, 14]. `Rounding.FLOAT32` does
    not reduce it.
    """
    wide = np.asarray(x, np.int64)
    if rounding is Rounding.FLOAT32:
        scaled = _multiply_float32(wide, mantissa, shift)
    else:
        product = wide * reduce_multiplier(np.asarray(mantissa, np.int64))
        scaled = drop_bits(product, 15 - np.asarray(shift, np.int64), rounding)
    return int(scaled) if isinstance(x, int) else scaled


def _multiply_float32(x: Int64Array, mantissa: IntLike, shift: IntLike) -> Int64Array:
    """The rule of `Rounding.FLOAT32`, in float32 itself."""
    power = np.asarray(shift, np.int64) - 31
    factor = np.ldexp(np.asarray(mantissa, np.float32), power.astype(np.int32))
    product = np.clip(x.astype(np.float32) * factor, -_INT32_EDGE, _INT32_EDGE)
    return np.asarray(np.minimum(np.rint(product).astype(np.int64), INT32_MAX))
