"""QLinearAdd and QLinearMul (com.microsoft): elementwise, with broadcasting."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops import arithmetic
from tinyml_studio.formats.order_of_sums import is_added_last
from tinyml_studio.formats.quantized.integer_operator import (
    convert_as,
    on_output_grid,
    real_operand,
)
from tinyml_studio.formats.quantized.parameters import read_encoding
from tinyml_studio.formats.values import Known, Tensor, Value
from tinyml_studio.ir.ops import Shape

_REAL = {"QLinearAdd": ("Add", arithmetic.add), "QLinearMul": ("Mul", arithmetic.multiply)}


def convert(emitter: Emitter) -> Tensor:
    """Operands: a, b with their parameters, those of the output; one may be constant."""
    op_type, converter = _REAL[emitter.node.op_type]
    first, _ = real_operand(emitter, 0)
    second, _ = real_operand(emitter, 3)
    output = read_encoding(emitter, 6, 7)
    operands = [first, second]
    if op_type == "Add" and is_added_last(_shape(first), _shape(second)):
        operands.reverse()
    made = convert_as(emitter, converter, operands, op_type=op_type)
    return on_output_grid(emitter, made, output)


def _shape(value: Value) -> Shape:
    """As far as it is known, without a batch of one."""
    if isinstance(value, Known):
        return value.array.shape
    return (value.shape or ()) if isinstance(value, Tensor) else ()
