"""QGemm (com.microsoft): a fully connected layer of integers with an int32 bias."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops import gemm
from tinyml_studio.formats.quantized.integer_operator import (
    convert_as,
    on_output_grid,
    real_bias,
    real_operand,
)
from tinyml_studio.formats.quantized.parameters import read_encoding
from tinyml_studio.formats.values import Tensor


def convert(emitter: Emitter) -> Tensor:
    """Operands: a, b with their parameters, the bias, those of the output, which may be real."""
    channels = 0 if emitter.attributes.flag("transB") else 1
    source, source_encoding = real_operand(emitter, 0)
    weight, weight_encoding = real_operand(emitter, 3, channels=channels)
    bias = real_bias(emitter, 6, source_encoding, weight_encoding)
    output = read_encoding(emitter, 7, 8) if emitter.has(7) else None
    # the bias is in steps of the accumulator, which alpha multiplies
    beta = {"beta": emitter.attributes.real("alpha", 1.0)}
    made = convert_as(emitter, gemm.convert, [source, weight, bias], op_type="Gemm", add=beta)
    return made if output is None else on_output_grid(emitter, made, output)
