"""Products of two computed matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tinyml_studio.ir.ops.operator import Operator


@dataclass(frozen=True)
class MatMul(Operator):
    """``(..., M, K) @ (..., K, N) -> (..., M, N)`` of two tensors; leading axes broadcast.

    With `adj_x` the first operand is held as ``(..., K, M)``, with `adj_y` the second as
    ``(..., N, K)``.
    """

    operands: ClassVar[int | None] = 2
    adj_x: bool = False
    adj_y: bool = False
