"""Slice of a computed tensor, and Gather by constant indices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.folds.indexing import slice_windows
from tinyml_studio.formats.onnx_ops.axes import sample_axis
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import BATCHES, Tensor
from tinyml_studio.ir.ops import Gather, Reshape, Shape, Slice

Window = tuple[int, int, int]


def convert(emitter: Emitter) -> Tensor:
    """Starts and ends are attributes before opset 10 and operands since."""
    return sliced(emitter, *emitter.tensor())


def sliced(emitter: Emitter, tensor: Tensor, shape: Shape) -> Tensor:
    """Windows of the axes of the sample, wherever the batch is; the result has it first."""
    batch, place = emitter.around.batch or BATCHES[0], tensor.batch_axis
    windows = slice_windows(
        (*shape[:place], batch, *shape[place:]),
        emitter.integers("starts", 1),
        emitter.integers("ends", 2),
        emitter.integers("axes", 3),
        emitter.integers("steps", 4),
    )
    if windows.pop(place) != (0, batch, 1):
        raise Refused("it takes a part of the batch")
    return _slice(emitter, tensor, windows)


def gather(emitter: Emitter) -> Tensor:
    """Evenly spaced indices are a Slice, others a Gather; a single number drops the axis."""
    tensor, shape = emitter.tensor()
    axis = sample_axis(emitter.attributes.integer("axis", 0), shape, "it takes a part of the batch")
    return gathered(emitter, tensor, shape, axis)


def gathered(emitter: Emitter, tensor: Tensor, shape: Shape, axis: int) -> Tensor:
    """The indices of a Gather along an axis of the sample."""
    indices = emitter.constant(1, "indices")
    if indices is None or indices.dtype.kind not in "iu":
        raise Malformed("its indices are missing, or not integers")
    flat = _indices(indices.astype(np.int64), shape[axis])
    window = _even(flat)
    if window is None:
        taken = (tuple(flat.tolist()) if place == axis else None for place in range(len(shape)))
        return emitter.add(Gather(tuple(taken)), tensor)
    windows = [(0, size, 1) for size in shape]
    windows[axis] = window
    if indices.ndim == 1:
        return _slice(emitter, tensor, windows)
    made = _slice(emitter, tensor, windows)
    return emitter.add(Reshape(_without(shape, axis)), made, suffix="drop_axis")


def _slice(emitter: Emitter, tensor: Tensor, windows: Sequence[Window]) -> Tensor:
    """One Slice over all axes of the sample."""
    starts, sizes, steps = zip(*windows, strict=True)
    if min(sizes) < 1:
        raise Refused("its output is empty")
    return emitter.add(Slice(starts, sizes, steps), tensor)


def _indices(indices: np.ndarray, length: int) -> np.ndarray:
    """Indices from 0 on."""
    if indices.ndim > 1 or not indices.size:
        raise Refused("only a single index or a list of indices is supported")
    if ((indices < -length) | (indices >= length)).any():
        raise Malformed(f"its indices leave an axis of size {length}")
    flat: np.ndarray = (indices % length).reshape(-1)
    return flat


def _even(flat: np.ndarray) -> Window | None:
    """Start, size and step of evenly spaced indices; None for others."""
    steps = np.diff(flat)
    if steps.size == 0:
        return int(flat[0]), 1, 1
    if steps[0] == 0 or (steps != steps[0]).any():
        return None
    return int(flat[0]), int(flat.size), int(steps[0])


def _without(shape: Shape, axis: int) -> Shape:
    return (*shape[:axis], *shape[axis + 1 :])
