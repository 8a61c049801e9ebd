"""REDUCE_MIN over axes of a sample: minima of halves, which lie on one grid."""

from __future__ import annotations

from math import prod

from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Minimum, Reshape, Slice, Transpose


def convert_reduce_min(emitter: Emitter) -> tuple[Tensor, ...]:
    """The axes are brought to the front, and halved as one until a single position is left."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    grid = source.grid
    gone = sorted({sample_axis(axis, len(shape)) for axis in emitter.integers(1)})
    kept = [axis for axis in range(len(shape)) if axis not in gone]
    perm = (*gone, *kept)
    if perm != tuple(range(len(shape))):
        source = emitter.add(Transpose(perm), source, grid=grid)
    count, width = (prod(shape[axis] for axis in axes) for axes in (gone, kept))
    rows = emitter.add(Reshape((count, width)), source, grid=grid)
    while count > 1:
        half = (count + 1) // 2  # the middle one is in both halves where the count is odd
        parts = [
            emitter.add(Slice((start, 0), (half, width), (1, 1)), rows, grid=grid)
            for start in (0, count - half)
        ]
        rows = emitter.add(Minimum(), *parts, grid=grid)
        count = half
    return emitter.finish(Reshape(emitter.output_shape()), rows)
