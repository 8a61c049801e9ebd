"""Operators on two tensors, element by element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tinyml_studio.ir.ops.operator import NO_CLAMP, Clamp, Operator


@dataclass(frozen=True)
class Add(Operator):
    """Sum of two tensors, broadcast as NumPy does."""

    operands: ClassVar[int | None] = 2
    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True)
class Sub(Operator):
    """Difference of two tensors, broadcast as NumPy does."""

    operands: ClassVar[int | None] = 2
    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True)
class SquaredDifference(Operator):
    """``(a - b) ** 2``, broadcast as NumPy does."""

    operands: ClassVar[int | None] = 2


@dataclass(frozen=True)
class Maximum(Operator):
    """The larger of two values, broadcast as NumPy does."""

    operands: ClassVar[int | None] = 2


@dataclass(frozen=True)
class Minimum(Operator):
    """The smaller of two values, broadcast as NumPy does."""

    operands: ClassVar[int | None] = 2


@dataclass(frozen=True)
class Mul(Operator):
    """Product of two tensors, broadcast as NumPy does."""

    operands: ClassVar[int | None] = 2
    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True)
class Div(Operator):
    """Quotient of two tensors, broadcast as NumPy does."""

    operands: ClassVar[int | None] = 2
    clamp: Clamp = NO_CLAMP
