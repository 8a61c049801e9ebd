"""The shape rule of every operator, and what each demands of its operands.

Shapes are those of one sample. ``None`` is a shape that nobody knows; it comes out of an `Opaque`
node and travels downstream.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from math import prod

import numpy as np

from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Operator, Pads, Shape
from tinyml_studio.ir.windows import check_windows_touch, window_counts

MaybeShapes = tuple[Shape | None, ...]


class ShapeMismatchError(ValueError):
    """Operands that an operator cannot take.

    Parameters
    ----------
    reason
        What is wrong, in a few words.
    operand
        Index of the operand that is at fault.
    """

    def __init__(self, reason: str, *, operand: int = 0) -> None:
        super().__init__(reason)
        self.operand = operand


def output_shapes(op: Operator, input_shapes: MaybeShapes) -> MaybeShapes:
    """Shapes of an operator's outputs, one sample each; checks the operands and the attributes.

    Parameters
    ----------
    op
        Any operator of `tinyml_studio.ir.ops`.
    input_shapes
        One per operand; ``None`` where unknown.

    Returns
    -------
    tuple
        One shape per output; ``None`` for each when an operand's shape is unknown (a `Reshape`
        knows its own, an `Opaque` gives what its file says).

    Raises
    ------
    ShapeMismatchError
        If the operands do not fit the operator.
    """
    _check_arity(op, len(input_shapes))
    if isinstance(op, ops.Opaque):
        return op.output_shapes
    known = [shape for shape in input_shapes if shape is not None]
    if len(known) < len(input_shapes):
        if isinstance(op, ops.Reshape):
            return (op.shape,)
        return (None,) * (len(op.sizes) if isinstance(op, ops.Split) else 1)
    return tuple(_infer(op, known))


def broadcast(first: Shape, second: Shape) -> Shape:
    """The common shape of two operands, as NumPy broadcasts them.

    Raises
    ------
    ShapeMismatchError
        If they do not broadcast.
    """
    try:
        return np.broadcast_shapes(first, second)
    except ValueError:
        reason = f"shapes {first} and {second} do not broadcast"
        raise ShapeMismatchError(reason, operand=1) from None


def _check_arity(op: Operator, count: int) -> None:
    """Refuse a wrong number of operands."""
    if isinstance(op, ops.Opaque):
        return
    if isinstance(op, ops.Concat):
        if count < 1:
            raise ShapeMismatchError("a Concat needs an operand")
        return
    wanted = 2 if isinstance(op, ops.Add | ops.Sub | ops.Mul) else 1
    if count != wanted:
        raise ShapeMismatchError(f"{op.kind} has {wanted} operand(s), not {count}")


@singledispatch
def _infer(op: Operator, shapes: Sequence[Shape]) -> Sequence[Shape]:
    """Elementwise operators keep their shape; all others are registered below."""
    del op
    return [shapes[0]]


@_infer.register
def _(op: ops.Conv, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if op.weight.ndim not in (3, 4):
        raise ShapeMismatchError(f"a convolution has 1 or 2 spatial axes, not {op.weight.ndim - 2}")
    spatial = _spatial(shapes[0], len(op.kernel))
    filters, inputs = op.weight.shape[0], op.weight.shape[-1]
    if op.bias.shape != (filters,):
        raise ShapeMismatchError(f"bias of shape {op.bias.shape} for {filters} output channels")
    if op.groups < 1 or filters % op.groups:
        raise ShapeMismatchError(f"{filters} output channels do not divide into {op.groups} groups")
    _check_channels(shapes[0][-1], inputs * op.groups)
    return [(*_windows(spatial, op.kernel, op.strides, op.pads, op.dilations), filters)]


@_infer.register
def _(op: ops.Dense, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if op.weight.ndim != 2 or op.bias.shape != op.weight.shape[:1]:
        raise ShapeMismatchError(
            f"weight of shape {op.weight.shape} and bias of shape {op.bias.shape} do not fit"
        )
    _check_rank(shapes[0], 1)
    _check_channels(shapes[0][-1], op.weight.shape[1])
    return [(*shapes[0][:-1], op.weight.shape[0])]


@_infer.register
def _(op: ops.ChannelAffine, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if op.scale.ndim != 1 or op.scale.shape != op.bias.shape:
        raise ShapeMismatchError(
            f"scale of shape {op.scale.shape} and bias of shape {op.bias.shape} do not fit"
        )
    _check_rank(shapes[0], 1)
    _check_channels(shapes[0][-1], op.scale.shape[0])
    return [shapes[0]]


@_infer.register(ops.Add)
@_infer.register(ops.Sub)
@_infer.register(ops.Mul)
def _(op: Operator, shapes: Sequence[Shape]) -> Sequence[Shape]:
    del op
    return [broadcast(shapes[0], shapes[1])]


@_infer.register(ops.MaxPool)
@_infer.register(ops.AveragePool)
def _(op: ops.MaxPool | ops.AveragePool, shapes: Sequence[Shape]) -> Sequence[Shape]:
    spatial = _spatial(shapes[0], len(op.kernel))
    counts = _windows(spatial, op.kernel, op.strides, op.pads, (1,) * len(op.kernel))
    try:
        check_windows_touch(spatial, counts, op.kernel, op.strides, op.pads)
    except ValueError as error:
        raise ShapeMismatchError(str(error)) from None
    return [(*counts, shapes[0][-1])]


@_infer.register
def _(op: ops.Mean, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if list(op.axes) != sorted(set(op.axes)):
        raise ShapeMismatchError(f"axes {op.axes} are not sorted and distinct")
    for axis in op.axes:
        _check_axis(axis, shapes[0])
    if op.keepdims:
        return [tuple(1 if axis in op.axes else size for axis, size in enumerate(shapes[0]))]
    return [tuple(size for axis, size in enumerate(shapes[0]) if axis not in op.axes)]


@_infer.register
def _(op: ops.Softmax, shapes: Sequence[Shape]) -> Sequence[Shape]:
    _check_axis(op.axis, shapes[0])
    return [shapes[0]]


@_infer.register
def _(op: ops.Reshape, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if prod(op.shape) != prod(shapes[0]):
        raise ShapeMismatchError(
            f"shape {shapes[0]} has {prod(shapes[0])} elements and {op.shape} has {prod(op.shape)}"
        )
    return [op.shape]


@_infer.register
def _(op: ops.Transpose, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if sorted(op.perm) != list(range(len(shapes[0]))):
        raise ShapeMismatchError(f"{op.perm} is not an order of the {len(shapes[0])} axes")
    return [tuple(shapes[0][axis] for axis in op.perm)]


@_infer.register
def _(op: ops.Concat, shapes: Sequence[Shape]) -> Sequence[Shape]:
    _check_axis(op.axis, shapes[0])
    rest = _without(shapes[0], op.axis)
    for index, shape in enumerate(shapes):
        if len(shape) != len(shapes[0]) or _without(shape, op.axis) != rest:
            reason = f"shape {shape} does not join {shapes[0]} along axis {op.axis}"
            raise ShapeMismatchError(reason, operand=index)
    joined = list(shapes[0])
    joined[op.axis] = sum(shape[op.axis] for shape in shapes)
    return [tuple(joined)]


@_infer.register
def _(op: ops.Split, shapes: Sequence[Shape]) -> Sequence[Shape]:
    _check_axis(op.axis, shapes[0])
    if sum(op.sizes) != shapes[0][op.axis] or min(op.sizes, default=0) < 1:
        raise ShapeMismatchError(f"sizes {op.sizes} do not make up axis {op.axis} of {shapes[0]}")
    before, after = shapes[0][: op.axis], shapes[0][op.axis + 1 :]
    return [(*before, size, *after) for size in op.sizes]


@_infer.register
def _(op: ops.Slice, shapes: Sequence[Shape]) -> Sequence[Shape]:
    _check_entries(shapes[0], starts=op.starts, sizes=op.sizes, steps=op.steps)
    for axis, length in enumerate(shapes[0]):
        start, size, step = op.starts[axis], op.sizes[axis], op.steps[axis]
        last = start + step * (size - 1)
        inside = 0 <= start < length and 0 <= last < length
        if size < 1 or step == 0 or not inside:
            raise ShapeMismatchError(
                f"start {start}, size {size}, step {step} leave axis {axis} of {shapes[0]}"
            )
    return [op.sizes]


@_infer.register
def _(op: ops.Pad, shapes: Sequence[Shape]) -> Sequence[Shape]:
    _check_entries(shapes[0], pads=op.pads)
    if any(amount < 0 for pair in op.pads for amount in pair):
        raise ShapeMismatchError(f"pads {op.pads} are negative")
    return [tuple(size + sum(pair) for size, pair in zip(shapes[0], op.pads, strict=True))]


def _windows(spatial: Shape, kernel: Shape, strides: Shape, pads: Pads, dilations: Shape) -> Shape:
    """Positions of a sliding window per spatial axis; says what is wrong otherwise."""
    _check_entries(spatial, strides=strides, pads=pads, dilations=dilations)
    try:
        return window_counts(spatial, kernel, strides, pads, dilations)
    except ValueError as error:
        raise ShapeMismatchError(str(error)) from None


def _spatial(shape: Shape, axes: int) -> Shape:
    """The spatial part of a channels-last shape."""
    _check_rank(shape, axes + 1, exact=True)
    return shape[:-1]


def _without(shape: Shape, axis: int) -> Shape:
    """A shape without one of its axes."""
    return (*shape[:axis], *shape[axis + 1 :])


def _check_channels(found: int, wanted: int) -> None:
    """Refuse another number of channels than the weights have."""
    if found != wanted:
        raise ShapeMismatchError(f"{found} channels where the weights have {wanted}")


def _check_rank(shape: Shape, rank: int, *, exact: bool = False) -> None:
    """Refuse too few axes, or another number of them."""
    if len(shape) < rank or (exact and len(shape) != rank):
        least = "" if exact else "at least "
        raise ShapeMismatchError(f"shape {shape} where {least}{rank} axes are needed")


def _check_axis(axis: int, shape: Shape) -> None:
    """Refuse an axis that the sample does not have."""
    if not 0 <= axis < len(shape):
        raise ShapeMismatchError(f"axis {axis} of a sample of shape {shape}")


def _check_entries(shape: Shape, **attributes: Sequence[object]) -> None:
    """Refuse attributes that do not have one entry per axis."""
    for name, values in attributes.items():
        if len(values) != len(shape):
            raise ShapeMismatchError(f"{len(values)} {name} for {len(shape)} axes")
