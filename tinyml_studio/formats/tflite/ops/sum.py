"""SUM over axes of a sample."""

from __future__ import annotations

from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Sum


def convert_sum(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    source, shape = emitter.computed()
    axes = {sample_axis(axis, len(shape)) for axis in emitter.integers(1)}
    op = Sum(tuple(sorted(axes)), keepdims=bool(emitter.option(0, "u1")))
    return emitter.finish(op, source)
