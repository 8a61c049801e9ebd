"""Values of IEEE single precision as integers: 24 significant bits, ties to even.

ONNX Runtime's quantized kernels multiply, add and divide in float32. Its results are those of
exact steps that are each rounded to 24 significant bits, which is how the plain model and the C
compute them. Exponents have no limits here: no scale of a grid comes near those of float32.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tinyml_studio.arith.multiplier import Multiplier

PRECISION = 24
LARGEST_SCALE = 2.0**64
"""Scales beyond it could make a dequantized value infinite on the way."""

_MOST_LEFT = 30


class Real(NamedTuple):
    """``mantissa * 2**exponent`` with a mantissa of 24 bits, or 0."""

    mantissa: int
    exponent: int

    @classmethod
    def of(cls, value: float) -> Real:
        """The parts of a value that float32 holds.

        Raises
        ------
        ValueError
            If it does not.
        """
        if not math.isfinite(value) or float(np.float32(value)) != value:
            raise ValueError(f"float32 does not hold {value!r}")
        fraction, exponent = math.frexp(value)
        return cls(int(fraction * (1 << PRECISION)), exponent - PRECISION if value else 0)


def float32_multiplier(factor: float, *, least_shift: int = -31) -> Multiplier:
    """A factor that float32 holds as mantissa and shift, exactly.

    Factors whose shift would be below `least_shift` become 0: with accumulators of ``2**31``
    (``2**47`` for -48) all products round to 0 either way.

    Raises
    ------
    ValueError
        If it is not such a factor, negative, or 2**30 and larger.
    """
    if factor < 0.0:
        raise ValueError(f"a multiplier is not negative, got {factor!r}")
    mantissa, exponent = Real.of(factor)
    shift = exponent + PRECISION
    if mantissa == 0 or shift < least_shift:
        return Multiplier(0, 0)
    if shift > _MOST_LEFT:
        raise ValueError(f"the multiplier {factor!r} is too large for a shift of at most 30")
    return Multiplier(mantissa << (31 - PRECISION), shift)


def rounded(value: float) -> float:
    """The nearest float32, ties to even; infinite beyond its range."""
    with np.errstate(over="ignore"):
        return float(np.float32(value))


def product_over(first: float, second: float, divisor: float) -> float:
    """``first * second / divisor`` of float32 values, rounded to float32 after each step."""
    # a product or quotient of two float32 values rounds from double as from the exact value
    return rounded(rounded(first * second) / divisor)


def fused(value: int, factor: float, addend: float) -> float:
    """``value * factor + addend`` rounded once to float32, as a fused multiply-add."""
    first, second = Real.of(factor), Real.of(addend)
    least = min(first.exponent, second.exponent)
    total = (value * first.mantissa << (first.exponent - least)) + (
        second.mantissa << (second.exponent - least)
    )
    bits = max(abs(total).bit_length() - PRECISION, 0)
    half = (1 << bits) >> 1
    below = total >> bits
    rest = total - (below << bits)
    below += rest > half or (rest == half and bits > 0 and below % 2 == 1)
    return math.ldexp(below, least + bits)
