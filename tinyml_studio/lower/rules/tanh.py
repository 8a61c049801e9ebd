"""Tanh: a table for narrow inputs, TFLite's interpolation for 16 bits; a fixed output grid."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8, INT16, FloatArray
from tinyml_studio.ir.ops import Tanh
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.logistic16 import emit_logistic16
from tinyml_studio.lower.rules.piecewise import emit_piecewise
from tinyml_studio.lower.tables.float32 import float32_table
from tinyml_studio.lower.tables.nearest import nearest_table
from tinyml_studio.lower.tables.saturating import tanh_table
from tinyml_studio.program.instructions import Lookup
from tinyml_studio.quantize.fixed_outputs import tanh_grid


def lower_tanh(layer: Layer) -> None:
    """From 8 to 8 bits the integers of TFLite's kernel; what TFLite lacks is rounded to nearest."""
    layer.op(Tanh)
    source = layer.input()
    output = layer.output(layer.fixed(*tanh_grid(layer.choice.activation_bits)))
    arithmetic = layer.setting.arithmetic
    if source.type == INT16 and arithmetic.is_float32:
        emit_piecewise(layer, source, output, np.tanh)
        return
    if source.type == INT16:
        emit_logistic16(layer, source, output, tanh=True)
        return
    if arithmetic.is_float32:
        table = float32_table(_float32_tanh, source=source, output=output)
    elif source.type == output.type == INT8 and arithmetic.has_tflite_tables:
        table = tanh_table(source, output, rounding=arithmetic.rounding)
    else:
        table = nearest_table(np.tanh, source=source, output=output)
    layer.emit(
        Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
    )


def _float32_tanh(x: FloatArray) -> FloatArray:
    return np.tanh(x.astype(np.float64)).astype(np.float32)
