"""What every shape rule has at hand: the dispatch, the refusal, the checks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

import numpy as np

from tinyml_studio.ir.ops import Operator, Pads, Shape
from tinyml_studio.ir.windows import window_counts


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


@singledispatch
def infer(op: Operator, shapes: Sequence[Shape]) -> Sequence[Shape]:
    """Elementwise operators keep their shape; all others register a rule."""
    del op
    return [shapes[0]]


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


def windows(spatial: Shape, kernel: Shape, strides: Shape, pads: Pads, dilations: Shape) -> Shape:
    """Positions of a sliding window per spatial axis; says what is wrong otherwise."""
    check_entries(spatial, strides=strides, pads=pads, dilations=dilations)
    try:
        return window_counts(spatial, kernel, strides, pads, dilations)
    except ValueError as error:
        raise ShapeMismatchError(str(error)) from None


def spatial_shape(shape: Shape, axes: int) -> Shape:
    """The spatial part of a channels-last shape."""
    check_rank(shape, axes + 1, exact=True)
    return shape[:-1]


def without(shape: Shape, axis: int) -> Shape:
    """A shape without one of its axes."""
    return (*shape[:axis], *shape[axis + 1 :])


def check_channels(found: int, wanted: int) -> None:
    """Refuse another number of channels than the weights have."""
    if found != wanted:
        raise ShapeMismatchError(f"{found} channels where the weights have {wanted}")


def check_rank(shape: Shape, rank: int, *, exact: bool = False) -> None:
    """Refuse too few axes, or another number of them."""
    if len(shape) < rank or (exact and len(shape) != rank):
        least = "" if exact else "at least "
        raise ShapeMismatchError(f"shape {shape} where {least}{rank} axes are needed")


def check_axis(axis: int, shape: Shape) -> None:
    """Refuse an axis that the sample does not have."""
    if not 0 <= axis < len(shape):
        raise ShapeMismatchError(f"axis {axis} of a sample of shape {shape}")


def check_entries(shape: Shape, **attributes: Sequence[object]) -> None:
    """Refuse attributes that do not have one entry per axis."""
    for name, values in attributes.items():
        if len(values) != len(shape):
            raise ShapeMismatchError(f"{len(values)} {name} for {len(shape)} axes")
