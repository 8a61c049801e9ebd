"""Operators that stand for something in the file: a grid, nothing, or what is not understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.ir.ops.operator import Operator, Shape


@dataclass(frozen=True)
class Requantize(Operator):
    """The same values on a grid of their own: a quantized file changes the scale between layers."""


@dataclass(frozen=True)
class Identity(Operator):
    """Does nothing (Identity, Dropout); removed by a pass."""


@dataclass(frozen=True, eq=False)
class Opaque(Operator):
    """An operator that is shown but never run as integers.

    `op_type` and `domain` are the file's own words, `reason` says why it is not understood, and
    `weights` are its constant operands, for inspection. `output_shapes` holds what the file says
    about its outputs (``None`` where it says nothing).
    """

    operands: ClassVar[int | None] = None
    op_type: str
    domain: str
    reason: str
    output_shapes: tuple[Shape | None, ...]
    weights: tuple[tuple[str, FloatArray], ...] = field(default=())

    @property
    def kind(self) -> str:
        """The file's own name for it."""
        return f"{self.domain}.{self.op_type}" if self.domain else self.op_type

    @property
    def results(self) -> int:
        """As many as the file names."""
        return len(self.output_shapes)
