"""Shapes of operators with weights."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Shape
from tinyml_studio.ir.shapes.rule import (
    ShapeMismatchError,
    check_channels,
    check_entries,
    check_rank,
    infer,
    spatial_shape,
    windows,
)
from tinyml_studio.ir.windows import transposed_counts


@infer.register
def _(op: ops.Conv, shapes: Sequence[Shape]) -> Sequence[Shape]:
    spatial = _checked(op, shapes[0])
    counts = windows(spatial, op.kernel, op.strides, op.pads, op.dilations)
    return [(*counts, op.weight.shape[0])]


@infer.register
def _(op: ops.ConvTranspose, shapes: Sequence[Shape]) -> Sequence[Shape]:
    spatial = _checked(op, shapes[0])
    check_entries(spatial, strides=op.strides, pads=op.pads, dilations=op.dilations)
    try:
        counts = transposed_counts(spatial, op.kernel, op.strides, op.pads, op.dilations)
    except ValueError as error:
        raise ShapeMismatchError(str(error)) from None
    return [(*counts, op.weight.shape[0])]


def _checked(op: ops.Conv | ops.ConvTranspose, shape: Shape) -> Shape:
    """The spatial shape of what a convolution takes, whose weights, bias and groups must fit."""
    if op.weight.ndim not in (3, 4):
        raise ShapeMismatchError(f"a convolution has 1 or 2 spatial axes, not {op.weight.ndim - 2}")
    spatial = spatial_shape(shape, len(op.kernel))
    filters, inputs = op.weight.shape[0], op.weight.shape[-1]
    if op.bias.shape != (filters,):
        raise ShapeMismatchError(f"bias of shape {op.bias.shape} for {filters} output channels")
    if op.groups < 1 or filters % op.groups:
        raise ShapeMismatchError(f"{filters} output channels do not divide into {op.groups} groups")
    check_channels(shape[-1], inputs * op.groups)
    return spatial


@infer.register
def _(op: ops.Dense, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if op.weight.ndim != 2 or op.bias.shape != op.weight.shape[:1]:
        raise ShapeMismatchError(
            f"weight of shape {op.weight.shape} and bias of shape {op.bias.shape} do not fit"
        )
    check_rank(shapes[0], 1)
    check_channels(shapes[0][-1], op.weight.shape[1])
    return [(*shapes[0][:-1], op.weight.shape[0])]


@infer.register
def _(op: ops.ChannelAffine, shapes: Sequence[Shape]) -> Sequence[Shape]:
    if op.scale.ndim != 1 or op.scale.shape != op.bias.shape:
        raise ShapeMismatchError(
            f"scale of shape {op.scale.shape} and bias of shape {op.bias.shape} do not fit"
        )
    check_rank(shapes[0], 1)
    check_channels(shapes[0][-1], op.scale.shape[0])
    return [shapes[0]]
