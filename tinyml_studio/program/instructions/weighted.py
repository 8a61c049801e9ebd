"""Convolutions and fully connected layers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int8Array, Int32Array, Int64Array, IntType
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions.instruction import Instruction, Pads2D


def unstated() -> NDArray[np.float64]:
    """No scales: the multipliers hold all that the integers need."""
    return np.zeros(0)


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightedSum(Instruction):
    """Sums of products with weights, brought to the output's steps for each of its channels.

    ``y = clamp(zo + MBQM(bias[o] + sum (x - zx) * w, multiplier[o], shift[o]), low, high)``
    `weight_scale` ``(O,)`` is what one step of the weights is worth: the integers do not need it,
    only what is written for another engine; it may be empty.
    """

    weights: Int8Array
    weight_type: IntType
    bias: Int64Array
    multiplier: Int32Array
    shift: Int32Array
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE
    narrow: bool = False
    weight_scale: NDArray[np.float64] = field(default_factory=unstated)


@dataclass(frozen=True, eq=False, kw_only=True)
class WeightedWindow(WeightedSum):
    """The same over windows of an image; a one-dimensional one has the height 1."""

    strides: tuple[int, int]
    pads: Pads2D
    dilations: tuple[int, int]


@dataclass(frozen=True, eq=False, kw_only=True)
class Conv2D(WeightedWindow):
    """``(H, W, I) -> (H', W', O)``: weights ``(O, KH, KW, I / groups)``.

    Padding is the input's zero point.
    """

    groups: int


@dataclass(frozen=True, eq=False, kw_only=True)
class DepthwiseConv2D(WeightedWindow):
    """``(H, W, C) -> (H', W', C * M)``: weights ``(KH, KW, C * M)``; output channel o reads o // M.

    Otherwise as `Conv2D`.
    """


@dataclass(frozen=True, eq=False, kw_only=True)
class TransposeConv2D(WeightedWindow):
    """``(H, W, I) -> (H', W', O)``: weights ``(O, KH, KW, I / groups)``.

    The accumulator of output ``(oy, ox, o)`` is ``bias[o] + sum (x[iy, ix, i] - zx) * w[o, ky, kx,
    i]`` over all taps and inputs with ``iy * stride_y + ky * dilation_y - top = oy``, likewise for
    ix; inputs outside the image add nothing. Of `pads` only those in front matter here.
    """

    groups: int


@dataclass(frozen=True, eq=False, kw_only=True)
class FullyConnected(WeightedSum):
    """``(..., I) -> (..., O)`` for every row: weights ``(O, I)``."""


@dataclass(frozen=True, eq=False)
class FullyConnectedReal(Instruction):
    """`FullyConnected` with a 16-bit input, multiplied by a real factor in double precision.

    ``y = clamp(zo + round(d(acc * factor * 2**-shift)), low, high)``, where d rounds to 53
    significant bits, ties to even, and round takes ties away from zero: what ``std::round(acc *
    scale)`` computes. `factor` ``(O,)`` lies in [2**52, 2**53) or is 0, `shift` ``(O,)`` in
    [22, 102]. The accumulator is within +-2**47; a `narrow` one within int32.

    Source: LiteRT's ``reference_integer_ops::FullyConnected``.
    """

    weights: Int8Array
    weight_type: IntType
    bias: Int64Array
    factor: Int64Array
    shift: Int32Array
    low: int
    high: int
    narrow: bool = False
    weight_scale: NDArray[np.float64] = field(default_factory=unstated)
