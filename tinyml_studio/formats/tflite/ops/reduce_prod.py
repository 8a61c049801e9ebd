"""REDUCE_PROD over axes of a sample."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.element_types import UINT8
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Prod


def convert_reduce_prod(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    source, shape = emitter.computed()
    if emitter.wire(0).kind == UINT8:
        raise Refused("LiteRT multiplies signed integers alone, and TFLite-Micro has no kernel")
    axes = {sample_axis(axis, len(shape)) for axis in emitter.integers(1)}
    op = Prod(tuple(sorted(axes)), keepdims=bool(emitter.option(0, "u1")))
    return emitter.finish(op, source)
