"""Shapes of pools and means."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Shape
from tinyml_studio.ir.shapes.rule import (
    ShapeMismatchError,
    check_axis,
    infer,
    spatial_shape,
    windows,
)
from tinyml_studio.ir.windows import check_windows_touch


@infer.register(ops.MaxPool)
@infer.register(ops.AveragePool)
def _(op: ops.MaxPool | ops.AveragePool, shapes: Sequence[Shape]) -> Sequence[Shape]:
    spatial = spatial_shape(shapes[0], len(op.kernel))
    counts = windows(spatial, op.kernel, op.strides, op.pads, (1,) * len(op.kernel))
    try:
        check_windows_touch(spatial, counts, op.kernel, op.strides, op.pads)
    except ValueError as error:
        raise ShapeMismatchError(str(error)) from None
    return [(*counts, shapes[0][-1])]


@infer.register
def _(op: ops.ArgMax, shapes: Sequence[Shape]) -> Sequence[Shape]:
    check_axis(op.axis, shapes[0])
    left = (1,) if op.keepdims else ()
    return [(*shapes[0][: op.axis], *left, *shapes[0][op.axis + 1 :])]


@infer.register(ops.Mean)
@infer.register(ops.Sum)
@infer.register(ops.Prod)
def _(op: ops.Mean | ops.Sum | ops.Prod, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if list(op.axes) != sorted(set(op.axes)):
        raise ShapeMismatchError(f"axes {op.axes} are not sorted and distinct")
    for axis in op.axes:
        check_axis(axis, shapes[0])
    if op.keepdims:
        return [tuple(1 if axis in op.axes else size for axis, size in enumerate(shapes[0]))]
    return [tuple(size for axis, size in enumerate(shapes[0]) if axis not in op.axes)]
