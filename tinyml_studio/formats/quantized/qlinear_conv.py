"""QLinearConv: a convolution of integers with an int32 bias."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops import conv
from tinyml_studio.formats.quantized.integer_operator import (
    convert_as,
    on_output_grid,
    real_bias,
    real_operand,
    refuse_channels_last,
)
from tinyml_studio.formats.quantized.parameters import read_encoding
from tinyml_studio.formats.values import Tensor


def convert(emitter: Emitter) -> Tensor:
    """Operands: x, w with their parameters, those of the output, the bias."""
    refuse_channels_last(emitter)
    source, source_encoding = real_operand(emitter, 0)
    weight, weight_encoding = real_operand(emitter, 3, channels=0)
    output = read_encoding(emitter, 6, 7)
    bias = real_bias(emitter, 8, source_encoding, weight_encoding)
    made = convert_as(
        emitter,
        conv.convert,
        [source, weight, bias],
        op_type="Conv",
        drop=["channels_last"],
    )
    return on_output_grid(emitter, made, output)
