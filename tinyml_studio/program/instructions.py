"""The integer operators, one frozen dataclass each: everything is decided, nothing computed.

Tensors are named; their shape, type, scale and zero point stand in `Program.tensors`. Shapes are
those of one sample, channels last. For convolutions and pools a spatial tensor of rank 2 (L, C)
counts as (1, L, C), one of rank 1 (C,) as (1, 1, C): kernels put unit axes in front, the kernel,
strides, pads and dilations of the instruction always have two entries, the first for the unit axis
(a sequence has kernel (1, K), pads ((0, 0), (before, after))), and the output tensor keeps the rank
of the graph's tensor. Where a rule says `MBQM`, it means TFLite's
``MultiplyByQuantizedMultiplier`` with the rule of the instruction's `rounding`: the two roundings
of `Rounding.DOUBLE` (a saturating rounding doubling high multiplication, then a rounding right
shift with ties away from zero), or one rounding of the exact product. Lowering sets it by the
program's arithmetic. `low` and `high` are limits in output integers: the fused activation and the
range of the output type together. Weights are int8 arrays whose values fit `weight_type`; one bit
means {-1, +1}.

An accumulator is int32 when every input has 8 bits or fewer, and int64 when the input has 16
bits. With a 16-bit input, convolutions and fully connected layers requantize as TFLite's int16x8
kernels: ``reduced = min((multiplier + 2**15) >> 16, 0x7FFF)``, then
``acc * reduced / 2**(15 - shift)`` in 64 bits, rounded once: ties towards +infinity, as TFLite has
it, or by the instruction's rule; the width of the output changes nothing but the limits. A `narrow`
one accumulates in int32 and requantizes as with 8-bit inputs: TFLite's kernels for an int32 bias.

Sources: LiteRT 8-bit quantization specification; TFLite-Micro.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from tinyml_studio.arith.inttype import Int8Array, Int32Array, Int64Array, IntArray, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import Rounding

Pads2D = tuple[tuple[int, int], tuple[int, int]]  # ((top, bottom), (left, right))


@dataclass(frozen=True, eq=False)
class Instruction:
    """Base of all instructions.

    Parameters
    ----------
    layer
        Name of the graph's node that this instruction belongs to.
    inputs
        Tensor names; constants of the program may be among them.
    output
        The one tensor that it makes.
    """

    layer: str
    inputs: tuple[str, ...]
    output: str


@dataclass(frozen=True, eq=False)
class Conv2D(Instruction):
    """``(H, W, I) -> (H', W', O)``: weights ``(O, KH, KW, I / groups)``.

    Padding is the input's zero point.
    ``y = clamp(zo + MBQM(bias[o] + sum (x - zx) * w, multiplier[o], shift[o]), low, high)``
    A one-dimensional convolution has H = 1.
    """

    weights: Int8Array
    weight_type: IntType
    bias: Int64Array
    strides: tuple[int, int]
    pads: Pads2D
    dilations: tuple[int, int]
    groups: int
    multiplier: Int32Array
    shift: Int32Array
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE
    narrow: bool = False


@dataclass(frozen=True, eq=False)
class DepthwiseConv2D(Instruction):
    """``(H, W, C) -> (H', W', C * M)``: weights ``(KH, KW, C * M)``; output channel o reads o // M.

    Otherwise as `Conv2D`.
    """

    weights: Int8Array
    weight_type: IntType
    bias: Int64Array
    strides: tuple[int, int]
    pads: Pads2D
    dilations: tuple[int, int]
    multiplier: Int32Array
    shift: Int32Array
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE
    narrow: bool = False


@dataclass(frozen=True, eq=False)
class FullyConnected(Instruction):
    """``(..., I) -> (..., O)`` for every row: weights ``(O, I)``; requantized as `Conv2D`."""

    weights: Int8Array
    weight_type: IntType
    bias: Int64Array
    multiplier: Int32Array
    shift: Int32Array
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE
    narrow: bool = False


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
class Mul(Instruction):
    """Product, broadcast as NumPy does: ``clamp(zo + MBQM((a - za) * (b - zb), multiplier))``."""

    multiplier: Multiplier
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class Requantize(Instruction):
    """The same values on another grid: ``clamp(zo + MBQM(x - zx, multiplier), low, high)``.

    Also a Relu or Clip that stands alone.
    """

    multiplier: Multiplier
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class Lookup(Instruction):
    """A function of one value with 4- or 8-bit input: ``y = table[x - type.min]``.

    `table` has ``2**bits`` entries of the output's carrier type.
    """

    table: IntArray


@dataclass(frozen=True, eq=False)
class Interpolate(Instruction):
    """A function of one value with 16-bit input, as TFLite's 513-entry int16 lookup.

    ``i = 256 + (x >> 7)``, ``f = x & 127``, ``d = table[i + 1] - table[i]``;
    ``y = clamp(table[i] + ((d * f + 64) >> 7), low, high)``. `table` has 513 int32 entries on the
    output's grid.
    """

    table: Int32Array
    low: int
    high: int


@dataclass(frozen=True, eq=False)
class Logistic16(Instruction):
    """Sigmoid (or tanh) of a 16-bit input on a scale of 2**-15, as TFLite's int16 kernels.

    `multiplier` and `shift` are TFLite's ``input_multiplier`` and ``input_left_shift`` (a power of
    two input scale is given as ``3 << shift`` with shift 0). With the 256-entry table of sigmoid in
    ``Logistic16.table`` (uint16 values held as int32).
    """

    tanh: bool
    multiplier: int
    shift: int
    table: Int32Array


@dataclass(frozen=True, eq=False)
class LeakyRelu(Instruction):
    """16-bit leaky Relu: ``zo + MBQM(x - zx, identity if x >= zx else alpha)``, clamped."""

    identity: Multiplier
    alpha: Multiplier
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class Softmax(Instruction):
    """Softmax over the last axis with 4- or 8-bit input, as TFLite's fixed-point kernel.

    `multiplier` scales differences to Q5.26; differences below `diff_min` count as zero. The
    output has the fixed scale 2**-bits and zero point type.min (16 bits: 2**-16 and -2**15 become
    the grid that the output tensor states).
    """

    multiplier: Multiplier
    diff_min: int
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class Softmax16(Instruction):
    """Softmax over the last axis with 16-bit input, as TFLite's int16 kernel.

    `exp_table` and `reciprocal_table` have 513 int32 entries (int16 values). The kernel's own
    result has scale 2**-15 and zero point 0; an output of fewer bits is
    ``clamp(((r + 2**(14 - b)) >> (15 - b)) + type.min)`` with b bits.
    """

    multiplier: Multiplier
    exp_table: Int32Array
    reciprocal_table: Int32Array
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class Concat(Instruction):
    """Tensors of one grid joined along an axis of the sample."""

    axis: int


@dataclass(frozen=True, eq=False)
class Slice(Instruction):
    """``x[start : start + step * size : step]`` on every axis; a Split is several of these."""

    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    steps: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Pad(Instruction):
    """Constant padding on every axis of the sample with the integer `value`."""

    pads: tuple[tuple[int, int], ...]
    value: int


@dataclass(frozen=True, eq=False)
class Transpose(Instruction):
    """Axes of the sample in another order, as `numpy.transpose`."""

    perm: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Reshape(Instruction):
    """The same integers in order, in the shape of the output tensor."""


INSTRUCTIONS: tuple[type[Instruction], ...] = (
    Conv2D, DepthwiseConv2D, FullyConnected, MaxPool2D, AveragePool2D, Mean, Add, Mul, Requantize,
    Lookup, Interpolate, Logistic16, LeakyRelu, Softmax, Softmax16, Concat, Slice, Pad, Transpose,
    Reshape,
)  # fmt: skip

Rounded = (
    Conv2D | DepthwiseConv2D | FullyConnected | AveragePool2D | Mean | Add | Mul | Requantize
    | LeakyRelu | Softmax | Softmax16
)  # fmt: skip
"""Instructions whose result depends on the arithmetic, by their `rounding`."""

ROUNDED: tuple[type[Instruction], ...] = get_args(Rounded)
