"""Shapes of products of two matrices."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Shape
from tinyml_studio.ir.shapes.rule import ShapeMismatchError, broadcast, check_rank, infer


@infer.register
def _(op: ops.MatMul, shapes: Sequence[Shape]) -> Sequence[Shape]:
    first, second = shapes
    check_rank(first, 2)
    check_rank(second, 2)
    rows, depth = first[:-3:-1] if op.adj_x else first[-2:]
    deep, columns = second[:-3:-1] if op.adj_y else second[-2:]
    if depth != deep:
        reason = f"{depth} columns of the first operand meet {deep} rows of the second"
        raise ShapeMismatchError(reason, operand=1)
    return [(*broadcast(first[:-2], second[:-2]), rows, columns)]
