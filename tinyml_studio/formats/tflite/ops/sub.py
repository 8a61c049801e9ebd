"""SUB of two tensors, broadcast; one may be a constant."""

from __future__ import annotations

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Sub


def convert_sub(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    first, second = emitter.tensor(0)[0], emitter.tensor(1)[0]
    return emitter.finish(Sub(clamp=emitter.clamp(0)), first, second)
