"""Real scales as Q31 fixed-point multipliers.

Source: the LiteRT 8-bit quantization specification and gemmlowp's fixed-point documentation.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Multiplier(NamedTuple):
    """The real factor ``mantissa * 2**(shift - 31)``.

    `mantissa` lies in [2**30, 2**31) (0 for a factor of 0), `shift` in [-31, 30];
    a positive shift means left.
    """

    mantissa: int
    shift: int


def quantize_multiplier(factor: float) -> Multiplier:
    """Split a real factor into mantissa and shift, as ``QuantizeMultiplier`` of TFLite does.

    Shifts below -31 flush to zero.

    Raises
    ------
    ValueError
        If `factor` is negative, not finite, or 2**30 and larger.
    """
    if not (math.isfinite(factor) and factor >= 0.0):
        raise ValueError(f"a multiplier is finite and not negative, got {factor!r}")
    fraction, shift = math.frexp(factor)
    # ties away from zero, as std::round; Python's round() is ties to even
    mantissa = math.floor(fraction * (1 << 31) + 0.5)
    if mantissa == 1 << 31:
        mantissa, shift = 1 << 30, shift + 1
    if shift < -31:
        return Multiplier(0, 0)
    if shift > 30:
        raise ValueError(f"the multiplier {factor!r} is too large for a shift of at most 30")
    return Multiplier(mantissa, shift)
