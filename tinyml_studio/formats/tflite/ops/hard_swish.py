"""HARD_SWISH."""

from __future__ import annotations

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import HardSwish


def convert_hard_swish(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    return emitter.finish(HardSwish(), emitter.computed()[0])
