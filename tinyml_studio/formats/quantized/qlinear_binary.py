"""QLinearAdd and QLinearMul (com.microsoft): elementwise, with broadcasting."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops import arithmetic
from tinyml_studio.formats.quantized.integer_operator import (
    convert_as,
    on_output_grid,
    real_operand,
)
from tinyml_studio.formats.quantized.parameters import read_encoding
from tinyml_studio.formats.values import Tensor

_REAL = {"QLinearAdd": ("Add", arithmetic.add), "QLinearMul": ("Mul", arithmetic.multiply)}


def convert(emitter: Emitter) -> Tensor:
    """Operands: a, b with their parameters, those of the output; one may be constant."""
    op_type, converter = _REAL[emitter.node.op_type]
    first, _ = real_operand(emitter, 0)
    second, _ = real_operand(emitter, 3)
    output = read_encoding(emitter, 6, 7)
    made = convert_as(emitter, converter, [first, second], op_type=op_type)
    return on_output_grid(emitter, made, output)
