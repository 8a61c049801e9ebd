"""Grids from real ranges: the one place where a scale and a zero point are made."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.quantize.params import QuantParams

MIN_SCALE = 2.0**-100
"""No scale is smaller: products and quotients of scales stay far from float32's denormals."""

MAX_REAL = float(np.finfo(np.float32).max)
"""No end of a range is larger, so that a scale is never infinite."""


def exact_scale(scale: float) -> float:
    """The nearest float32 that is a safe scale, as a float."""
    return float(np.float32(min(max(scale, MIN_SCALE), MAX_REAL)))


def round_half_away(value: float) -> int:
    """Nearest integer, ties away from zero, as ``std::round``."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def activation_grid(low: float, high: float, bits: int) -> QuantParams:
    """The grid of an activation that takes values in [low, high]; the range always covers 0.

    At 4 and 8 bits asymmetric over the whole type, at 16 bits symmetric over [-32767, 32767] with
    zero point 0. A tensor that is always 0 gets steps of ``2**(1 - bits)``, the range [-1, 1).
    Source: LiteRT 8-bit quantization specification.
    """
    low = max(min(low, 0.0), -MAX_REAL)
    high = min(max(high, 0.0), MAX_REAL)
    if low == high:
        return fixed_grid(2.0 ** (1 - bits), 0, bits)
    if bits == 16:
        return fixed_grid(max(-low, high) / IntType(bits).max, 0, bits)
    kind = IntType(bits)
    scale = exact_scale((high - low) / (kind.max - kind.min))
    zero_point = min(max(kind.min + round_half_away(-low / scale), kind.min), kind.max)
    return fixed_grid(scale, zero_point, bits)


def power_of_two_grid(low: float, high: float, bits: int) -> QuantParams:
    """The grid of an activation under power-of-two scales: zero point 0, the range covered.

    The step is the least power of two for which [low, high] fits the whole type, so that -1 fits
    a step of 1/128 and +1 does not. A tensor that is always 0 gets steps of ``2**(1 - bits)``.
    """
    kind = IntType(bits)
    step = max(max(low, -MAX_REAL) / kind.min, min(high, MAX_REAL) / kind.max)
    return fixed_grid(power_of_two_above(step) if step > 0.0 else 2.0 ** (1 - bits), 0, bits)


def power_of_two_above(scale: float) -> float:
    """The least power of two that is not below a scale, between `MIN_SCALE` and ``2**127``."""
    fraction, exponent = math.frexp(max(scale, MIN_SCALE))
    return 2.0 ** min(exponent - (fraction == 0.5), 127)


def with_powers_of_two(params: QuantParams) -> QuantParams:
    """The grid of weights with every scale rounded up to a power of two.

    Binary weights have no range that must fit; their scale becomes the power of two with the
    smaller squared error.
    """
    scales = [power_of_two_above(scale) for scale in params.scale.tolist()]
    if params.type.bits == 1:
        pairs = zip(scales, params.scale.tolist(), strict=True)
        scales = [above if scale > 0.75 * above else above / 2 for above, scale in pairs]
    return replace(params, scale=np.array(scales))


def fixed_grid(scale: float, zero_point: int, bits: int) -> QuantParams:
    """A grid over a whole type with one scale."""
    kind = IntType(bits)
    scales = np.array([exact_scale(scale)], dtype=np.float64)
    return QuantParams(kind, scales, zero_point, kind.min, kind.max)


def weight_limits(bits: int) -> tuple[int, int]:
    """The narrow, symmetric range of weights: [-127, 127] at 8 bits, {-1, 1} at one."""
    return (-1, 1) if bits == 1 else (1 - (1 << (bits - 1)), (1 << (bits - 1)) - 1)


def _median(values: list[float]) -> float:
    """As ``np.median`` gives, which takes as long for a few values as all else of a layer."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def weight_grid(scales: NDArray[np.float64], *, bits: int, low: int, high: int) -> QuantParams:
    """A symmetric grid, one scale per entry of `scales` (zero where all weights are zero).

    A channel without weights still has a bias, which is held in steps of input scale times weight
    scale; it gets the median scale of the others, so that its bias is as fine as theirs.
    """
    live = scales[scales > 0]
    stand_in = _median(live.tolist()) if live.size else 2.0 ** (1 - bits)
    filled = np.where(scales > 0, scales, stand_in)
    bounded = np.clip(filled, MIN_SCALE, MAX_REAL)
    return QuantParams(IntType(bits), bounded.astype(np.float32).astype(np.float64), 0, low, high)
