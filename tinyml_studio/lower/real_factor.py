"""Multipliers for an engine that multiplies accumulators by a real factor in float64.

LiteRT's reference kernel of fully connected layers computes ``std::round(acc * factor)``. A Q31
mantissa with one rounding, ties away from zero, gives the same integers when it lies on the right
side of every tie, which the nearest mantissa may miss by one unit: 0.0125 * 40 is 0.5 in float64,
and 0.4999... with the mantissa rounded down.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int32Array, Int64Array
from tinyml_studio.arith.rounding import Rounding, multiply

_DOUBLE_BITS = 53
_MOST_SHIFT = 102  # a product of 47 and 53 bits is below half a step from there on
_NEAREST_FIRST = (0, 1, -1, 2, -2, 3, -3, 4, -4)


def matching_mantissas(
    mantissa: Int32Array,
    shift: Int32Array,
    factors: NDArray[np.float64],
    *,
    bounds: Int64Array,
    reach: int,
) -> Int32Array:
    """The mantissas ``(O,)`` next to the given ones that round as the real factors do.

    Where none agrees for every accumulator, which takes two that both lie within 2**-31 of a tie,
    on different sides of it, the given mantissa stays.

    Parameters
    ----------
    mantissa, shift, factors
        Multipliers and what they stand for, ``(O,)``.
    bounds
        Worst-case magnitudes of the accumulators, ``(O,)``.
    reach
        Largest magnitude of a result that matters.
    """
    first, before = _around_steps(factors, bounds, reach)
    found = mantissa.copy()
    open_ = mantissa > 0
    for offset in _NEAREST_FIRST:
        tried = np.clip(mantissa.astype(np.int64) + offset, 0, (1 << 31) - 1)
        agrees = np.logical_and.reduce(
            [_agree(acc, tried, shift, factors) for acc in (first, before)]
        )
        found = np.where(open_ & agrees, tried, found).astype(np.int32)
        open_ = open_ & ~agrees
    return found


def real_multipliers(factors: NDArray[np.float64]) -> tuple[Int64Array, Int32Array]:
    """Mantissas of 53 bits and shifts to the right ``(O,)`` that stand for the factors exactly.

    A factor so small that no accumulator of 48 bits gives anything but 0 becomes 0.
    """
    fractions, exponents = np.frexp(factors)
    mantissas = np.ldexp(fractions, _DOUBLE_BITS).astype(np.int64)
    shifts = _DOUBLE_BITS - exponents.astype(np.int32)
    small = shifts > _MOST_SHIFT
    return np.where(small, 0, mantissas), np.where(small, _MOST_SHIFT, shifts).astype(np.int32)


def _around_steps(
    factors: NDArray[np.float64], bounds: Int64Array, reach: int
) -> tuple[Int64Array, Int64Array]:
    """The accumulators on both sides of every step, ``(O, reach)``, within the bounds.

    Both rules are odd and never fall, so that agreement there is agreement everywhere.
    """
    halves = np.arange(1, reach + 1) - 0.5
    factor = np.maximum(factors, np.finfo(np.float64).tiny)[:, None]
    most = bounds[:, None].astype(np.float64)
    first = np.ceil(np.minimum(halves / factor, most))
    # the quotient may be one off to either side
    first = np.where((first - 1) * factor >= halves, first - 1, first)
    first = np.where(first * factor < halves, first + 1, first)
    first = np.clip(first, 1, most + 1).astype(np.int64)
    return np.minimum(first, bounds[:, None]), first - 1


def _agree(
    acc: Int64Array, mantissa: Int64Array, shift: Int32Array, factors: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether each channel's multiplier gives what its factor gives for these accumulators."""
    product = acc * factors[:, None]
    below = np.floor(product)
    expected = below + (product - below >= 0.5)
    scaled = multiply(acc, mantissa[:, None], shift[:, None], Rounding.HALF_AWAY)
    return np.asarray((scaled == expected).all(axis=1))
