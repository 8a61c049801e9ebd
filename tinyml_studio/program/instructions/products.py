"""Products of two computed matrices."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions.instruction import Instruction


@dataclass(frozen=True, eq=False)
class BatchMatMul(Instruction):
    """``(..., M, K) @ (..., K, N) -> (..., M, N)``; leading axes broadcast as NumPy does.

    ``y = clamp(zo + MBQM(sum over k of (a - za) * (b - zb), multiplier), low, high)``. With `adj_x`
    the first operand is ``(..., K, M)``, with `adj_y` the second is ``(..., N, K)``. Both have 16
    bits, or neither; with 16 bits the sum is int64 and requantized as that of a fully connected
    layer. Source: ``reference_ops::BatchMatMul`` of TFLite.
    """

    adj_x: bool
    adj_y: bool
    multiplier: Multiplier
    low: int
    high: int
    rounding: Rounding = Rounding.DOUBLE
