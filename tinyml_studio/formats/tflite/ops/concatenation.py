"""CONCATENATION along an axis of a sample."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Concat


def convert_concatenation(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; operands on another grid than the output are requantized when it is lowered."""
    if emitter.clamp(1):
        raise Refused("a fused activation is not supported")
    operands = [emitter.tensor(index) for index in range(len(emitter.operator.inputs))]
    axis = sample_axis(emitter.option(0, "<i4"), len(operands[0][1]))
    return emitter.finish(Concat(axis), *(tensor for tensor, _ in operands))
