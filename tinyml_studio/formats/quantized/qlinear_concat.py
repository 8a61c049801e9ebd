"""QLinearConcat (com.microsoft): tensors on grids of their own, joined on one."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops import concat
from tinyml_studio.formats.quantized.integer_operator import (
    convert_as,
    on_output_grid,
    real_operand,
)
from tinyml_studio.formats.quantized.parameters import read_encoding
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Tensor


def convert(emitter: Emitter) -> Tensor:
    """Operands: the parameters of the output, then each operand with its own."""
    if len(emitter.node.inputs) % 3 != 2:
        raise Malformed(f"it has {len(emitter.node.inputs)} operands")
    output = read_encoding(emitter, 0, 1)
    operands = [real_operand(emitter, at)[0] for at in range(2, len(emitter.node.inputs), 3)]
    made = convert_as(emitter, concat.convert, operands, op_type="Concat")
    return on_output_grid(emitter, made, output)
