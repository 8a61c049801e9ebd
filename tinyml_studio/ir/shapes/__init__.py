"""The shape rule of every operator, and what each demands of its operands.

Shapes are those of one sample. ``None`` is a shape that nobody knows; it comes out of an `Opaque`
node and travels downstream.
"""

from __future__ import annotations

from tinyml_studio.ir.shapes import (
    elementwise,
    movement,
    products,
    recurrent,
    reductions,
    weighted,
)
from tinyml_studio.ir.shapes.output import MaybeShapes, output_shapes
from tinyml_studio.ir.shapes.rule import ShapeMismatchError, broadcast

RULES = (elementwise, movement, products, recurrent, reductions, weighted)
"""Importing a module of rules registers them."""

__all__ = ["RULES", "MaybeShapes", "ShapeMismatchError", "broadcast", "output_shapes"]
