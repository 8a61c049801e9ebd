"""Slice and Gather, on constants and (the arithmetic of it) on tensors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.formats.folds.call import FoldCall, normal_axes, normal_axis
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.wire import Array


def slice_constant(call: FoldCall) -> tuple[Array, ...]:
    """Slice, with attributes (before opset 10) or operands."""
    array = call.operand(0)
    windows = slice_windows(
        array.shape,
        call.integers("starts", 1),
        call.integers("ends", 2),
        call.integers("axes", 3),
        call.integers("steps", 4),
    )
    for axis, (start, size, step) in enumerate(windows):
        array = array.take(start + step * np.arange(size), axis=axis)
    return (array,)


def slice_windows(
    shape: Sequence[int],
    starts: tuple[int, ...] | None,
    ends: tuple[int, ...] | None,
    axes: tuple[int, ...] | None,
    steps: tuple[int, ...] | None,
) -> list[tuple[int, int, int]]:
    """First index, number of indices and step on every axis.

    Python's own slices clamp starts and ends as ONNX does, INT_MAX and negative ones included.

    Raises
    ------
    Malformed
        If the lists do not fit each other or a step is 0.
    """
    if starts is None or ends is None:
        raise Malformed("it does not say where to start and end")
    chosen = normal_axes(range(len(starts)) if axes is None else axes, len(shape))
    steps = (1,) * len(starts) if steps is None else steps
    if not len(starts) == len(ends) == len(chosen) == len(steps) or 0 in steps:
        raise Malformed(f"starts {starts}, ends {ends}, axes {chosen} and steps {steps} do not fit")
    windows = [(0, size, 1) for size in shape]
    for start, end, axis, step in zip(starts, ends, chosen, steps, strict=True):
        indices = range(shape[axis])[start:end:step]
        windows[axis] = (indices.start, len(indices), step)
    return windows


def gather(call: FoldCall) -> tuple[Array, ...]:
    """Gather along one axis."""
    array, indices = call.operand(0), call.operand(1)
    axis = normal_axis(call.attributes.integer("axis", 0), array.ndim)
    if indices.dtype.kind not in "iu":
        raise Malformed("its indices are not integers")
    call.budget.claim([array.size // max(array.shape[axis], 1), indices.size])
    return (np.asarray(array.take(indices, axis=axis)),)
