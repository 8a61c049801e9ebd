"""SPLIT_V into parts of different sizes."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Split


def convert_split_v(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; a size of -1 means all that is left."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    sizes, axes = list(emitter.integers(1)), emitter.integers(2)
    if len(axes) != 1 or sizes.count(-1) > 1:
        raise Malformed(f"it splits along {len(axes)} axes into {sizes}")
    axis = sample_axis(axes[0], len(shape))
    if -1 in sizes:
        sizes[sizes.index(-1)] = shape[axis] - sum(size for size in sizes if size != -1)
    if min(sizes, default=0) < 1 or sum(sizes) != shape[axis]:
        raise Malformed(f"the sizes {sizes} do not make up {shape[axis]}")
    return emitter.finish(Split(axis, tuple(sizes)), source)
