"""REDUCE_MAX over axes of a sample: a pool over all positions of those axes."""

from __future__ import annotations

from math import prod

from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import MaxPool, Reshape, Transpose


def convert_reduce_max(emitter: Emitter) -> tuple[Tensor, ...]:
    """The axes are brought to the front, and pooled as one."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    grid = source.grid
    gone = sorted({sample_axis(axis, len(shape)) for axis in emitter.integers(1)})
    kept = [axis for axis in range(len(shape)) if axis not in gone]
    perm = (*gone, *kept)
    if perm != tuple(range(len(shape))):
        source = emitter.add(Transpose(perm), source, grid=grid)
    count = prod(shape[axis] for axis in gone)
    rows = emitter.add(Reshape((count, prod(shape[axis] for axis in kept))), source, grid=grid)
    pooled = emitter.add(MaxPool((count,), (1,), ((0, 0),)), rows, grid=grid)
    return emitter.finish(Reshape(emitter.output_shape()), pooled)
