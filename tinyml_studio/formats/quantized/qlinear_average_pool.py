"""QLinearAveragePool and QLinearGlobalAveragePool (com.microsoft)."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Converter, Emitter
from tinyml_studio.formats.onnx_ops import average_pool, global_pool
from tinyml_studio.formats.quantized.integer_operator import (
    convert_as,
    on_output_grid,
    real_operand,
    refuse_channels_last,
)
from tinyml_studio.formats.quantized.parameters import read_encoding
from tinyml_studio.formats.values import Tensor


def convert(emitter: Emitter) -> Tensor:
    """The mean over windows, on a grid of its own."""
    return _pool(emitter, average_pool.convert, "AveragePool")


def convert_global(emitter: Emitter) -> Tensor:
    """The mean over all spatial axes, on a grid of its own."""
    return _pool(emitter, global_pool.average, "GlobalAveragePool")


def _pool(emitter: Emitter, converter: Converter, op_type: str) -> Tensor:
    """Operands: x with its parameters, those of the output."""
    refuse_channels_last(emitter)
    source, _ = real_operand(emitter, 0)
    output = read_encoding(emitter, 3, 4)
    made = convert_as(emitter, converter, [source], op_type=op_type, drop=["channels_last"])
    return on_output_grid(emitter, made, output)
