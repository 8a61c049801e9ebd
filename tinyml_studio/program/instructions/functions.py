"""Functions of one value, most of them as tables, and softmax."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.arith.inttype import Int32Array, IntArray
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions.instruction import Instruction


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
class Piecewise(Instruction):
    """A function of one 16-bit value by lines, and by values of its own where a line is too far.

    ``p = x + 32768``, ``i = p >> shift``, ``f = p & (2**shift - 1)``. Where ``page[i]`` is 0,
    ``y = table[i] + (((table[i + 1] - table[i]) * f + 2**(shift - 1)) >> shift)``, else
    ``y = values[page[i] - 1, f]``. `table` has ``2**(16 - shift) + 1`` entries on the output's
    grid, `page` one less. No y is a whole step from the real function.
    """

    shift: int
    table: Int32Array
    page: Int32Array
    values: Int32Array


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
class PRelu(Instruction):
    """Leaky Relu with a slope for every channel, or for whatever the second operand broadcasts to.

    ``zo + MBQM(x - zx, identity)`` where ``x >= zx``, else
    ``zo + MBQM((x - zx) * (slope - zs), alpha)``, clamped. Source: ``reference_ops::Prelu`` of
    TFLite.
    """

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
class LogSoftmax(Instruction):
    """Logarithm of the softmax over the last axis, as TFLite's fixed-point kernel.

    With ``d = max(x - largest of the row, diff_min)``, ``e = MBQM(d, multiplier)`` in Q5.26 and L
    the logarithm of the sum of ``exp(e)`` over the values with ``x - largest >= diff_min``, in
    Q5.26: ``y = clamp(zo + (e - L) / 2**drop)``, rounded to nearest with ties away from zero.
    """

    multiplier: Multiplier
    diff_min: int
    drop: int
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class L2Normalization(Instruction):
    """Vectors along the last axis, brought to the length 1.

    With ``(m, s)`` the multiplier of ``1 / sqrt(sum((x - zx) ** 2))``, as `inverse_root` has it:
    ``y = clamp(zo + MBQM((x - zx) * 2**lift, m, s + rise))``. `lift` and `rise` together are one
    less than the bits of the output. Source: ``L2Normalization`` of TFLite, which lifts by 7 for
    unsigned values and not at all for signed ones.
    """

    lift: int
    rise: int
    rounding: Rounding = Rounding.DOUBLE


@dataclass(frozen=True, eq=False)
class Softmax16(Instruction):
    """Softmax over the last axis with 16-bit input, as TFLite's int16 kernel.

    A difference that the left shift would take beyond 32 bits counts as the least that it does not.
    `exp_table` and `reciprocal_table` have 513 int32 entries (int16 values). The kernel's own
    result has scale 2**-15 and zero point 0; an output of fewer bits is
    ``clamp(((r + 2**(14 - b)) >> (15 - b)) + type.min)`` with b bits.
    """

    multiplier: Multiplier
    exp_table: Int32Array
    reciprocal_table: Int32Array
    rounding: Rounding = Rounding.DOUBLE
