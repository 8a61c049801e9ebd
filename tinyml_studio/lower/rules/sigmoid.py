"""Sigmoid: a table for narrow inputs, TFLite's interpolation for 16 bits; a fixed output grid."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8, INT16, FloatArray
from tinyml_studio.ir.ops import Sigmoid
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.logistic16 import emit_logistic16
from tinyml_studio.lower.rules.piecewise import emit_piecewise
from tinyml_studio.lower.tables.float32 import float32_table
from tinyml_studio.lower.tables.nearest import RealArray, nearest_table
from tinyml_studio.lower.tables.saturating import sigmoid_table
from tinyml_studio.program.instructions import Lookup
from tinyml_studio.quantize.fixed_outputs import sigmoid_grid


def lower_sigmoid(layer: Layer) -> None:
    """From 8 to 8 bits the integers of TFLite's kernel; what TFLite lacks is rounded to nearest."""
    layer.op(Sigmoid)
    source = layer.input()
    output = layer.output(layer.fixed(*sigmoid_grid(layer.choice.activation_bits)))
    arithmetic = layer.setting.arithmetic
    if source.type == INT16 and arithmetic.is_float32:
        emit_piecewise(layer, source, output, _sigmoid)
        return
    if source.type == INT16:
        emit_logistic16(layer, source, output, tanh=False)
        return
    if arithmetic.is_float32:
        table = float32_table(_float32_sigmoid, source=source, output=output)
    elif source.type == output.type == INT8 and arithmetic.has_tflite_tables:
        table = sigmoid_table(source, output, rounding=arithmetic.rounding)
    else:
        table = nearest_table(_sigmoid, source=source, output=output)
    layer.emit(
        Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
    )


def _float32_sigmoid(x: FloatArray) -> FloatArray:
    return _sigmoid(x.astype(np.float64)).astype(np.float32)


def _sigmoid(x: RealArray) -> RealArray:
    # the form with tanh cannot overflow
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * x))
