"""DEQUANTIZE: the same values, which nobody needs as integers any more."""

from __future__ import annotations

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Identity


def convert_dequantize(emitter: Emitter) -> tuple[Tensor, ...]:
    """Nothing happens to the values."""
    return emitter.finish(Identity(), emitter.computed()[0])
