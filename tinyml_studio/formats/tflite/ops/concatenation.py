"""CONCATENATION along an axis of a sample."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.found import FoundGrid
from tinyml_studio.ir.ops import Concat


def convert_concatenation(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; what becomes of operands on another grid is decided when it is lowered."""
    if emitter.clamp(1):
        raise Refused("a fused activation is not supported")
    operands = [emitter.tensor(index) for index in range(len(emitter.operator.inputs))]
    axis = sample_axis(emitter.option(0, "<i4"), len(operands[0][1]))
    tensors = [tensor for tensor, _ in operands]
    if any(_is_copied_to_another(tensor.grid, emitter.grid()) for tensor in tensors):
        emitter.remarks.append(
            f"{emitter.operator.place}: operands on another grid than the output; TFLite's "
            "kernels join their integers as they are, so that their real values change"
        )
    return emitter.finish(Concat(axis), *tensors)


def _is_copied_to_another(operand: FoundGrid | None, output: FoundGrid | None) -> bool:
    if operand is None or output is None or output.stored.startswith("u"):
        return False
    return operand != output
