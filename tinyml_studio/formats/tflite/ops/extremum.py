"""MAXIMUM and MINIMUM of two tensors, broadcast; one may be a constant."""

from __future__ import annotations

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Maximum, Minimum


def convert_maximum(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    return emitter.finish(Maximum(), emitter.tensor(0)[0], emitter.tensor(1)[0])


def convert_minimum(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    return emitter.finish(Minimum(), emitter.tensor(0)[0], emitter.tensor(1)[0])
