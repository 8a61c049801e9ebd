"""HardSwish: a table for narrow inputs, interpolation for 16 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT8, INT16, FloatArray
from tinyml_studio.ir.ops import HardSwish
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.interpolate import emit_interpolation
from tinyml_studio.lower.tables.float32 import float32_table
from tinyml_studio.lower.tables.hard_swish import hard_swish_fits, hard_swish_table
from tinyml_studio.lower.tables.nearest import nearest_table
from tinyml_studio.program.instructions import Lookup


def lower_hard_swish(layer: Layer) -> None:
    """From 8 to 8 bits the integers of TFLite's kernel; what TFLite lacks is rounded to nearest."""
    layer.op(HardSwish)
    source, output = layer.input(), layer.output(layer.calibrated())
    if source.type == INT16:
        emit_interpolation(layer, source, output, _hard_swish)
        return
    arithmetic = layer.setting.arithmetic
    as_tflite = arithmetic.has_tflite_tables
    if arithmetic.is_float32:
        table = float32_table(_float32_hard_swish, source=source, output=output)
    elif as_tflite and source.type == output.type == INT8 and hard_swish_fits(source, output):
        table = hard_swish_table(source, output)
    else:
        table = nearest_table(_hard_swish, source=source, output=output)
    layer.emit(
        Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
    )


def _float32_hard_swish(x: FloatArray) -> FloatArray:
    """The operator that ONNX defines by its hard sigmoid, with a slope of 1/6."""
    gate = np.clip(np.float32(1 / 6) * x + np.float32(0.5), np.float32(0), np.float32(1))
    return np.asarray(x * gate)


def _hard_swish(x: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(x * np.clip(x / x.dtype.type(6) + x.dtype.type(0.5), 0, 1))
