"""SPLIT into equal parts."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Split


def convert_split(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; the axis is operand 0, the values are operand 1."""
    source, shape = emitter.computed(1)
    emitter.keep_grid(1)
    axes, parts = emitter.integers(0), len(emitter.operator.outputs)
    if len(axes) != 1:
        raise Malformed(f"it splits along {len(axes)} axes")
    axis = sample_axis(axes[0], len(shape))
    if shape[axis] % parts:
        raise Malformed(f"it splits {shape[axis]} values into {parts} parts")
    return emitter.finish(Split(axis, (shape[axis] // parts,) * parts), source)
