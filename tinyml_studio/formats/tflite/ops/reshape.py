"""RESHAPE, SQUEEZE and EXPAND_DIMS: the same values in the shape that the output states."""

from __future__ import annotations

from math import prod

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Reshape


def convert_reshape(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    wanted = emitter.output_shape()
    if prod(shape) != prod(wanted):
        raise Malformed(f"its input {shape} and its output {wanted} differ in size")
    return emitter.finish(Reshape(wanted), source)
