"""Shapes of operators on two tensors, and of softmax."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Operator, Shape
from tinyml_studio.ir.shapes.rule import broadcast, check_axis, infer


@infer.register(ops.Add)
@infer.register(ops.Sub)
@infer.register(ops.Mul)
@infer.register(ops.Div)
@infer.register(ops.SquaredDifference)
@infer.register(ops.Maximum)
@infer.register(ops.Minimum)
@infer.register(ops.PRelu)
def _(op: Operator, shapes: Sequence[Shape]) -> Sequence[Shape]:
    del op
    return [broadcast(shapes[0], shapes[1])]


@infer.register
def _(op: ops.Softmax, shapes: Sequence[Shape]) -> Sequence[Shape]:
    check_axis(op.axis, shapes[0])
    return [shapes[0]]
