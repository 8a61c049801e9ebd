"""Fixed-point multiplication of integers, as TFLite-Micro's reference kernels compute it.

The functions take one Python int or an array, and give the same; arrays are int64 inside, so
that no step can wrap for arguments within the stated ranges. Mantissas and shifts broadcast
against the values, so that one per channel works on the last axis.

Source: gemmlowp's ``fixedpoint.h``; TFLite-Micro's ``kernels/internal/common``.
"""

from __future__ import annotations

from typing import overload

import numpy as np

from tinyml_studio.arith.inttype import Int32Array, Int64Array, IntArray

INT32_MAX = (1 << 31) - 1
_REDUCED_MAX = 0x7FFF

IntLike = int | Int32Array | Int64Array


@overload
def saturating_rounding_doubling_high_mul(a: int, b: int) -> int: ...
@overload
def saturating_rounding_doubling_high_mul(a: IntArray, b: IntLike) -> Int64Array: ...
def saturating_rounding_doubling_high_mul(a: int | IntArray, b: IntLike) -> int | Int64Array:
    """``a * b / 2**31``, to nearest with ties towards +infinity, for int32 values.

    The one overflow, ``-2**31 * -2**31``, saturates to ``2**31 - 1``. TFLite's form with a nudge
    of the product's sign and a division that truncates gives the same integers.
    """
    product = np.asarray(a, np.int64) * np.asarray(b, np.int64)
    high = np.minimum((product + (1 << 30)) >> 31, INT32_MAX)
    return int(high) if isinstance(a, int) else np.asarray(high)


@overload
def rounding_divide_by_pot(x: int, exponent: int) -> int: ...
@overload
def rounding_divide_by_pot(x: IntArray, exponent: IntLike) -> Int64Array: ...
def rounding_divide_by_pot(x: int | IntArray, exponent: IntLike) -> int | Int64Array:
    """``x / 2**exponent``, to nearest with ties away from zero; `exponent` in [0, 31]."""
    value = np.asarray(x, np.int64)
    power = np.asarray(exponent, np.int64)
    half = (np.int64(1) << power) >> 1
    # one less on the negative side turns "ties up" into "ties away from zero"
    quotient = (value + half - ((value < 0) & (power > 0))) >> power
    return int(quotient) if isinstance(x, int) else np.asarray(quotient)


@overload
def multiply_by_quantized_multiplier(x: int, mantissa: int, shift: int) -> int: ...
@overload
def multiply_by_quantized_multiplier(
    x: IntArray, mantissa: IntLike, shift: IntLike
) -> Int64Array: ...
def multiply_by_quantized_multiplier(
    x: int | IntArray, mantissa: IntLike, shift: IntLike
) -> int | Int64Array:
    """``x * mantissa * 2**(shift - 31)`` with the two roundings of the profile ``tflm``.

    Parameters
    ----------
    x
        Accumulators; ``x * 2**max(shift, 0)`` must fit int32 (C code would wrap there; the bound
        on the accumulator excludes it).
    mantissa
        0 to 2**31 - 1.
    shift
        -31 to 30; positive means left, before the multiplication.
    """
    power = np.asarray(shift, np.int64)
    shifted = np.asarray(x, np.int64) << np.maximum(power, 0)
    high = saturating_rounding_doubling_high_mul(shifted, np.asarray(mantissa, np.int64))
    scaled = rounding_divide_by_pot(high, np.maximum(-power, 0))
    return int(scaled) if isinstance(x, int) else scaled


@overload
def reduce_multiplier(mantissa: int) -> int: ...
@overload
def reduce_multiplier(mantissa: IntArray) -> Int64Array: ...
def reduce_multiplier(mantissa: int | IntArray) -> int | Int64Array:
    """The Q31 mantissa rounded to Q15: ``min((mantissa + 2**15) >> 16, 0x7FFF)``."""
    reduced = np.minimum((np.asarray(mantissa, np.int64) + (1 << 15)) >> 16, _REDUCED_MAX)
    return int(reduced) if isinstance(mantissa, int) else np.asarray(reduced)


@overload
def multiply_by_reduced_multiplier(x: int, mantissa: int, shift: int) -> int: ...
@overload
def multiply_by_reduced_multiplier(
    x: IntArray, mantissa: IntLike, shift: IntLike
) -> Int64Array: ...
def multiply_by_reduced_multiplier(
    x: int | IntArray, mantissa: IntLike, shift: IntLike
) -> int | Int64Array:
    """``x * mantissa * 2**(shift - 31)`` of 64-bit accumulators, as the int16x8 kernels do it.

    The mantissa is reduced to 16 bits, the result rounded once, ties towards +infinity.

    Parameters
    ----------
    x
        Accumulators within +-2**47.
    mantissa
        The Q31 mantissa, not yet reduced.
    shift
        -31 to 14.
    """
    reduced = reduce_multiplier(np.asarray(mantissa, np.int64))
    total = 15 - np.asarray(shift, np.int64)
    scaled = (np.asarray(x, np.int64) * reduced + (np.int64(1) << (total - 1))) >> total
    return int(scaled) if isinstance(x, int) else np.asarray(scaled)
