"""Sums, products and changes of the grid."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions.instruction import Instruction


@dataclass(frozen=True, eq=False)
class Add(Instruction):
    """Sum or difference of two tensors, broadcast as NumPy does.

    ``a' = MBQM((a - za) << left_shift, multiplier_a)``, likewise b';
    ``y = clamp(zo + MBQM(a' + b' (or a' - b'), multiplier_out))``. `left_shift` is 20, and 15 when
    an input or the output has 16 bits.
    """

    subtract: bool
    left_shift: int
    multiplier_a: Multiplier
    multiplier_b: Multiplier
    multiplier_out: Multiplier
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class SquaredDifference(Instruction):
    """Square of a difference, broadcast as NumPy does.

    With a' and b' as in `Add`, ``y = clamp(zo + MBQM((a' - b') ** 2, multiplier_out))``.
    `left_shift` is 7, and 0 when an operand has 16 bits. Source: TFLite-Micro's
    ``squared_difference.cc``.
    """

    left_shift: int
    multiplier_a: Multiplier
    multiplier_b: Multiplier
    multiplier_out: Multiplier
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class Mul(Instruction):
    """Product, broadcast as NumPy does: ``clamp(zo + MBQM((a - za) * (b - zb), multiplier))``."""

    multiplier: Multiplier
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class Div(Instruction):
    """Quotient of two tensors, broadcast as NumPy does, through the reciprocal in Q0.31.

    With ``b = |b - zb|`` and a = a - za, negated where b - zb is negative, p the largest power of
    two with ``2**p <= b``, r gemmlowp's ``one_over_one_plus_x(b / 2**p - 1)`` in Q0.31, and h as
    many bits as a can go left in 32: ``q = (a * 2**h * r + 2**30) >> 31`` and
    ``y = clamp(zo + MBQM(q, (mantissa, shift - p - h)))``. Shifts below -31 give 0. Where b is 0, y
    is the upper limit for a positive a, the lower one for a negative a, and zo for 0.

    Source: ``reference_ops::DivElementwise`` of TFLite. It is not defined for b = 0, which LiteRT
    refuses to run, nor for shifts below -31, which quotients far below half a step have.
    """

    multiplier: Multiplier
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class Extremum(Instruction):
    """The larger or the smaller of two values of one grid, broadcast as NumPy does."""

    largest: bool


@dataclass(frozen=True, eq=False)
class Requantize(Instruction):
    """The same values on another grid: ``clamp(zo + MBQM(x - zx, multiplier), low, high)``.

    Also a Relu or Clip that stands alone.
    """

    multiplier: Multiplier
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE
