"""Operators that give a constant another shape."""

from __future__ import annotations

from math import prod

import numpy as np

from tinyml_studio.formats.folds.call import FoldCall, normal_axes, normal_axis, whole_numbers
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.wire import Array


def reshape(call: FoldCall) -> tuple[Array, ...]:
    """Reshape: 0 keeps a size (unless allowzero), -1 is the rest."""
    array = call.operand(0)
    target = list(whole_numbers(call.operand(1), "shape"))
    if not call.attributes.flag("allowzero"):
        for axis, size in enumerate(target):
            if size == 0 and axis >= array.ndim:
                raise Malformed(f"the shape {target} keeps an axis that does not exist")
            target[axis] = array.shape[axis] if size == 0 else size
    return (array.reshape(target),)


def flatten(call: FoldCall) -> tuple[Array, ...]:
    """Flatten to two axes."""
    array, axis = call.operand(0), call.attributes.integer("axis", 1)
    cut = axis if axis == array.ndim else normal_axis(axis, array.ndim)
    return (array.reshape(prod(array.shape[:cut]), prod(array.shape[cut:])),)


def transpose(call: FoldCall) -> tuple[Array, ...]:
    """Transpose; the axes are reversed when nothing is said."""
    return (call.operand(0).transpose(call.attributes.integers("perm")),)


def squeeze(call: FoldCall) -> tuple[Array, ...]:
    """Remove axes of size 1."""
    array, axes = call.operand(0), call.integers("axes", 1)
    return (array.squeeze() if axes is None else array.squeeze(normal_axes(axes, array.ndim)),)


def unsqueeze(call: FoldCall) -> tuple[Array, ...]:
    """Insert axes of size 1."""
    array, axes = call.operand(0), call.integers("axes", 1)
    if axes is None:
        raise Malformed("it does not say which axes to insert")
    normal = normal_axes(axes, array.ndim + len(axes))
    return (np.expand_dims(array, normal),)


def concat(call: FoldCall) -> tuple[Array, ...]:
    """Join along an axis."""
    arrays = [call.operand(index) for index in range(len(call.operands))]
    call.budget.claim([sum(array.size for array in arrays)])
    return (np.concatenate(arrays, axis=call.attributes.integer("axis", 0)),)


def split(call: FoldCall) -> tuple[Array, ...]:
    """Cut along an axis."""
    array = call.operand(0)
    axis = normal_axis(call.attributes.integer("axis", 0), array.ndim)
    sizes = split_sizes(
        array.shape[axis],
        call.integers("split", 1),
        call.outputs,
        uneven="num_outputs" in call.attributes,
    )
    return tuple(np.split(array, np.cumsum(sizes)[:-1], axis=axis))


def split_sizes(
    length: int, sizes: tuple[int, ...] | None, outputs: int, *, uneven: bool
) -> tuple[int, ...]:
    """Sizes of the parts: as given, else equal (with `uneven` the last one may be smaller)."""
    if sizes is None:
        part = -(-length // max(outputs, 1))
        sizes = (*([part] * (outputs - 1)), length - part * (outputs - 1))
        if not uneven and sizes[-1] != part:
            raise Malformed(f"an axis of size {length} does not split into {outputs} equal parts")
    if sum(sizes) != length or len(sizes) != outputs or min(sizes, default=-1) < 0:
        raise Malformed(f"sizes {list(sizes)} do not split an axis of size {length}")
    return sizes


def matmul(call: FoldCall) -> tuple[Array, ...]:
    """Product of matrices; its cost counts as if every partial product were kept."""
    first, second = call.operand(0), call.operand(1)
    call.budget.claim([first.size, second.shape[-1] if second.ndim > 1 else 1])
    call.budget.claim([second.size, first.shape[-2] if first.ndim > 1 else 1])
    return (np.asarray(np.matmul(first, second)),)


def expand(call: FoldCall) -> tuple[Array, ...]:
    """Repeat along axes of size 1."""
    array, target = call.operand(0), whole_numbers(call.operand(1), "shape")
    shape = np.broadcast_shapes(array.shape, target)
    call.budget.claim(shape)
    return (np.broadcast_to(array, shape).copy(),)


def tile(call: FoldCall) -> tuple[Array, ...]:
    """Repeat as a whole."""
    array, repeats = call.operand(0), whole_numbers(call.operand(1), "repeats")
    if len(repeats) != array.ndim:
        raise Malformed(f"{len(repeats)} repeats for {array.ndim} axes")
    call.budget.claim([size * count for size, count in zip(array.shape, repeats, strict=True)])
    return (np.tile(array, repeats),)


def shape_of(call: FoldCall) -> tuple[Array, ...]:
    """Shape of a constant."""
    shape = np.array(call.operand(0).shape, np.int64)
    return (shape_window(shape, call),)


def size_of(call: FoldCall) -> tuple[Array, ...]:
    """Number of elements."""
    return (np.array(call.operand(0).size, np.int64),)


def shape_window(shape: Array, call: FoldCall) -> Array:
    """The part of a shape between the attributes start and end."""
    start = call.attributes.integer("start", 0)
    return shape[start : call.attributes.integer("end", len(shape))]
