"""RELU, RELU6, RELU_0_TO_1 and RELU_N1_TO_1 as operators of their own."""

from __future__ import annotations

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Clamp, Clip

_CLAMPS = {
    "RELU": Clamp(low=0.0),
    "RELU6": Clamp(0.0, 6.0),
    "RELU_0_TO_1": Clamp(0.0, 1.0),
    "RELU_N1_TO_1": Clamp(-1.0, 1.0),
}


def convert_relu(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    return emitter.finish(Clip(_CLAMPS[emitter.operator.kind]), emitter.computed()[0])
