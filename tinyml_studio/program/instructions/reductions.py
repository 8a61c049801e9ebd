"""Pools and means."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions.instruction import Instruction, Pads2D


@dataclass(frozen=True, eq=False)
class MaxPool2D(Instruction):
    """Maximum over windows, padding never wins; same scale in and out, then clamp."""

    kernel: tuple[int, int]
    strides: tuple[int, int]
    pads: Pads2D
    low: int
    high: int


@dataclass(frozen=True, eq=False)
class AveragePool2D(Instruction):
    """Mean of the real (not padded) values of a window; same scale in and out.

    With ``s = sum of q`` and ``n`` counted values: ``s / n`` rounded by `rounding`, then clamp.
    TFLite's rule is `Rounding.HALF_AWAY`: ``(s + n // 2) / n`` for ``s > 0``, else
    ``(s - n // 2) / n``, both truncated towards zero. A zero point other than 0 counts in s.
    """

    kernel: tuple[int, int]
    strides: tuple[int, int]
    pads: Pads2D
    low: int
    high: int
    rounding: Rounding = Rounding.HALF_AWAY


@dataclass(frozen=True, eq=False)
class ArgMax(Instruction):
    """Index of the largest (or smallest) value along an axis, the first of several.

    The output has 16 bits, scale 1 and zero point 0.
    """

    axis: int
    smallest: bool


@dataclass(frozen=True, eq=False)
class Prod(Instruction):
    """Product over axes of the sample, rescaled after every factor, the last axis fastest.

    ``r = x[0] - zx``, for every further value ``r = MBQM64(r * (x[i] - zx), multiplier)``, limited
    to 32 bits, and ``y = clamp(zo + MBQM64(r, multiplier), low, high)``. MBQM64 has a multiplier of
    16 bits and one rounding, ties up; of n values it is the n-th root of the whole factor,
    ``zx's scale / zo's scale ** (1 / n)``.

    Source: ``QuantizedReduceProd`` of LiteRT, whose products wrap beyond 32 bits.
    """

    axes: tuple[int, ...]
    multiplier: Multiplier
    low: int
    high: int


@dataclass(frozen=True, eq=False)
class Mean(Instruction):
    """Mean over axes of the sample: ``clamp(zo + MBQM(sum(x) - n * zx, multiplier))``.

    `multiplier` holds the factor 1/n already: with the scale's multiplier (m, s), k = floor(log2 n)
    limited to min(32, 31 + s), it is ``((m << k) // n, s - k)``; its mantissa may lie below 2**30.

    With a `divisor` above 1 the multiplier is a power of two, ``(2**30, s)``, that does not hold
    1/n, and the quotient is rounded once: ``clamp(zo + sum(x - zx) * 2**(s - 1) / divisor)``. For
    s < 1, ``divisor << (1 - s)`` does not exceed 2**30.
    """

    axes: tuple[int, ...]
    multiplier: Multiplier
    low: int
    high: int
    divisor: int = 1
    rounding: Rounding = Rounding.DOUBLE
