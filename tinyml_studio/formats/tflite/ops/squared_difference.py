"""SQUARED_DIFFERENCE of two tensors, broadcast; one may be a constant."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.element_types import UINT8
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import SquaredDifference


def convert_squared_difference(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    if emitter.wire(0).kind == UINT8:
        raise Refused("no kernel of TFLite has it for unsigned integers")
    return emitter.finish(SquaredDifference(), emitter.tensor(0)[0], emitter.tensor(1)[0])
