"""Function: any function of one value as a table, or as 512 straight lines for 16 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT8, INT16, IntArray
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.ir.functions import evaluate
from tinyml_studio.ir.ops import Function
from tinyml_studio.lower.layer import Layer, float32_ratio
from tinyml_studio.lower.rules.interpolate import emit_interpolation
from tinyml_studio.lower.rules.leaky_relu import emit_two_slopes
from tinyml_studio.lower.tables.float32 import float32_table
from tinyml_studio.lower.tables.nearest import as_table, centred_inputs, nearest_table
from tinyml_studio.lower.tables.populated import populated_table
from tinyml_studio.lower.tables.rsqrt import rsqrt_factor, rsqrt_table
from tinyml_studio.program.instructions import Lookup
from tinyml_studio.program.program import QuantizedTensor

_POPULATED = frozenset({"Elu", "Exp", "Gelu", "GeluTanh", "Log"})
_FAR = 1e30  # beyond every grid, and still a number that float32 holds


def lower_function(layer: Layer) -> None:
    """TFLite's table from 8 to 8 bits where it has one; what it lacks is rounded to nearest."""
    op = layer.op(Function)
    source, output = layer.input(), layer.output(layer.calibrated())

    def function(x: NDArray[Any]) -> NDArray[Any]:
        values = evaluate(op.name, x, alpha=op.alpha, gamma=op.gamma)
        finite = np.nan_to_num(values, nan=0.0, posinf=_FAR, neginf=-_FAR)
        return np.clip(finite, -_FAR, _FAR).astype(x.dtype)

    if source.type == INT16 and op.name == "Abs":
        emit_two_slopes(layer, source, output, alpha=-1.0)
        return
    if source.type == INT16:
        emit_interpolation(layer, source, output, function)
        return
    arithmetic = layer.setting.arithmetic
    as_tflite = not (arithmetic.powers_of_two or arithmetic.is_float32)
    as_tflite = as_tflite and source.type == output.type == INT8
    if arithmetic.is_float32:
        table = float32_table(function, source=source, output=output)
    elif as_tflite and op.name == "Abs":
        table = _absolute(layer, source, output)
    elif as_tflite and op.name == "Rsqrt":
        factor = layer.multiplier(rsqrt_factor(source, output))
        table = rsqrt_table(source, output, factor=factor, rounding=arithmetic.rounding)
    elif as_tflite and op.name in _POPULATED:
        table = populated_table(function, source=source, output=output)
    else:
        table = nearest_table(function, source=source, output=output)
    layer.emit(
        Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
    )


def _absolute(layer: Layer, source: QuantizedTensor, output: QuantizedTensor) -> IntArray:
    """Source: ``AbsEvalQuantized`` of TFLite."""
    magnitudes = np.abs(centred_inputs(source))
    factor = layer.multiplier(float32_ratio(source.scale, output.scale))
    if source.scale != output.scale:
        magnitudes = multiply(magnitudes, *factor, layer.setting.arithmetic.rounding)
    return as_table(magnitudes + output.zero_point, output)
