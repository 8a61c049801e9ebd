"""QLinearMatMul: a product with a constant matrix, without a bias."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops import matmul
from tinyml_studio.formats.quantized.integer_operator import (
    convert_as,
    on_output_grid,
    real_operand,
)
from tinyml_studio.formats.quantized.parameters import read_encoding
from tinyml_studio.formats.values import Known, Tensor


def convert(emitter: Emitter) -> Tensor:
    """Operands: a, b with their parameters, those of the output; either may be constant."""
    first, _ = real_operand(emitter, 0, channels=_channels(emitter, 0, -2))
    second, _ = real_operand(emitter, 3, channels=_channels(emitter, 3, -1))
    output = read_encoding(emitter, 6, 7)
    made = convert_as(emitter, matmul.convert, [first, second], op_type="MatMul")
    return on_output_grid(emitter, made, output)


def _channels(emitter: Emitter, index: int, axis: int) -> int:
    """The axis of a constant that becomes the output channels."""
    value = emitter.operand(index)
    return axis if isinstance(value, Known) and value.array.ndim > 1 else 0
