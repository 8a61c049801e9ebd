"""Shapes of operators that move elements."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Shape
from tinyml_studio.ir.shapes.rule import (
    ShapeMismatchError,
    check_axis,
    check_entries,
    infer,
    spatial_shape,
    without,
)


@infer.register
def _(op: ops.Reshape, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if prod(op.shape) != prod(shapes[0]):
        raise ShapeMismatchError(
            f"shape {shapes[0]} has {prod(shapes[0])} elements and {op.shape} has {prod(op.shape)}"
        )
    return [op.shape]


@infer.register
def _(op: ops.Transpose, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if sorted(op.perm) != list(range(len(shapes[0]))):
        raise ShapeMismatchError(f"{op.perm} is not an order of the {len(shapes[0])} axes")
    return [tuple(shapes[0][axis] for axis in op.perm)]


@infer.register
def _(op: ops.Concat, shapes: Sequence[Shape]) -> Sequence[Shape]:
    check_axis(op.axis, shapes[0])
    rest = without(shapes[0], op.axis)
    for index, shape in enumerate(shapes):
        if len(shape) != len(shapes[0]) or without(shape, op.axis) != rest:
            reason = f"shape {shape} does not join {shapes[0]} along axis {op.axis}"
            raise ShapeMismatchError(reason, operand=index)
    joined = list(shapes[0])
    joined[op.axis] = sum(shape[op.axis] for shape in shapes)
    return [tuple(joined)]


@infer.register
def _(op: ops.Split, shapes: Sequence[Shape]) -> Sequence[Shape]:
    check_axis(op.axis, shapes[0])
    if sum(op.sizes) != shapes[0][op.axis] or min(op.sizes, default=0) < 1:
        raise ShapeMismatchError(f"sizes {op.sizes} do not make up axis {op.axis} of {shapes[0]}")
    before, after = shapes[0][: op.axis], shapes[0][op.axis + 1 :]
    return [(*before, size, *after) for size in op.sizes]


@infer.register
def _(op: ops.Slice, shapes: Sequence[Shape]) -> Sequence[Shape]:
    check_entries(shapes[0], starts=op.starts, sizes=op.sizes, steps=op.steps)
    for axis, length in enumerate(shapes[0]):
        start, size, step = op.starts[axis], op.sizes[axis], op.steps[axis]
        last = start + step * (size - 1)
        inside = 0 <= start < length and 0 <= last < length
        if size < 1 or step == 0 or not inside:
            raise ShapeMismatchError(
                f"start {start}, size {size}, step {step} leave axis {axis} of {shapes[0]}"
            )
    return [op.sizes]


@infer.register
def _(op: ops.Gather, shapes: Sequence[Shape]) -> Sequence[Shape]:
    check_entries(shapes[0], indices=op.indices)
    for axis, (length, taken) in enumerate(zip(shapes[0], op.indices, strict=True)):
        if taken is not None and not (taken and 0 <= min(taken) <= max(taken) < length):
            raise ShapeMismatchError(f"its indices are none, or leave axis {axis} of {shapes[0]}")
    pairs = zip(shapes[0], op.indices, strict=True)
    return [tuple(length if taken is None else len(taken) for length, taken in pairs)]


@infer.register
def _(op: ops.ResizeBilinear, shapes: Sequence[Shape]) -> Sequence[Shape]:
    spatial = spatial_shape(shapes[0], len(op.size))
    if len(spatial) not in (1, 2) or min(op.size) < 1:
        raise ShapeMismatchError(f"shape {shapes[0]} cannot be resized to {op.size}")
    return [(*op.size, shapes[0][-1])]


@infer.register
def _(op: ops.Pad, shapes: Sequence[Shape]) -> Sequence[Shape]:
    check_entries(shapes[0], pads=op.pads)
    if any(amount < 0 for pair in op.pads for amount in pair):
        raise ShapeMismatchError(f"pads {op.pads} are negative")
    return [tuple(size + sum(pair) for size, pair in zip(shapes[0], op.pads, strict=True))]
