"""Shapes of operators with a state."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Shape
from tinyml_studio.ir.shapes.rule import ShapeMismatchError, check_channels, check_rank, infer


@infer.register(ops.Lstm)
@infer.register(ops.Gru)
def _(op: ops.Lstm | ops.Gru, shapes: Sequence[Shape]) -> Sequence[Shape]:
    units = op.input_weight.shape[1] if op.input_weight.ndim == 3 else 0
    wanted = {
        "input_weight": (op.GATES, units, *op.input_weight.shape[2:]),
        "hidden_weight": (op.GATES, units, units),
        "bias": (op.GATES, units),
    }
    if isinstance(op, ops.Gru):
        wanted["hidden_bias"] = (op.GATES, units)
    for name, shape in wanted.items():
        if getattr(op, name).shape != shape or not units:
            raise ShapeMismatchError(f"{name} of shape {getattr(op, name).shape} does not fit")
    check_rank(shapes[0], 2, exact=True)
    check_channels(shapes[0][-1], op.input_weight.shape[2])
    return [(shapes[0][0], units)]


@infer.register
def _(op: ops.Svdf, shapes: Sequence[Shape]) -> Sequence[Shape]:
    features, units = len(op.feature_weight), len(op.bias)
    if op.feature_weight.ndim != 2 or op.time_weight.ndim != 2 or op.bias.ndim != 1:
        raise ShapeMismatchError("weights have two axes and the bias has one")
    if len(op.time_weight) != features or features % units:
        raise ShapeMismatchError(
            f"{features} features do not fit time weights of shape {op.time_weight.shape} and "
            f"{units} outputs"
        )
    check_rank(shapes[0], 1, exact=True)
    check_channels(shapes[0][-1], op.feature_weight.shape[1])
    return [(units,)]


@infer.register
def _(op: ops.StreamBuffer, shapes: Sequence[Shape]) -> Sequence[Shape]:
    (shape,) = shapes
    if not 0 <= op.axis < len(shape) or op.length < 1:
        raise ShapeMismatchError(f"{op.length} positions of axis {op.axis} do not fit {shape}")
    return [(*shape[: op.axis], op.length + shape[op.axis], *shape[op.axis + 1 :])]
