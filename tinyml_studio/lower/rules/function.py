"""Function: any function of one value as a table, or as 512 straight lines for 16 bits."""

from __future__ import annotations

from collections.abc import Callable
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
from tinyml_studio.lower.rules.piecewise import emit_piecewise
from tinyml_studio.lower.tables.float32 import float32_table
from tinyml_studio.lower.tables.nearest import as_table, centred_inputs, nearest_table
from tinyml_studio.lower.tables.populated import populated_table, truncated_table
from tinyml_studio.lower.tables.rsqrt import rsqrt_factor, rsqrt_table
from tinyml_studio.program.instructions import Lookup
from tinyml_studio.program.program import QuantizedTensor

_POPULATED = frozenset({"Elu", "Exp", "Gelu", "GeluTanh", "Log"})
_STEEP = frozenset({"Pow", "Reciprocal", "Sqrt"})  # near 0, and without a table in TFLite
RealFunction = Callable[[NDArray[Any]], NDArray[Any]]
_FAR = 1e30  # beyond every grid, and still a number that float32 holds


def lower_function(layer: Layer) -> None:
    """TFLite's table from 8 to 8 bits where it has one; what it lacks is rounded to nearest."""
    op = layer.op(Function)
    source, output = layer.input(), layer.output(layer.calibrated())
    function = _defined_everywhere(op, output, is_float32=layer.setting.arithmetic.is_float32)
    if source.type == INT16 and op.name == "Abs":
        emit_two_slopes(layer, source, output, alpha=-1.0)
        return
    if source.type == INT16 and op.name in _STEEP:
        emit_piecewise(layer, source, output, function)
        return
    if source.type == INT16:
        emit_interpolation(layer, source, output, function)
        return
    table = _table(layer, source, output, function)
    layer.emit(
        Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
    )


def _table(
    layer: Layer, source: QuantizedTensor, output: QuantizedTensor, function: RealFunction
) -> IntArray:
    """An entry for every value of 8 bits or fewer."""
    op, arithmetic = layer.op(Function), layer.setting.arithmetic
    if arithmetic.is_float32:
        return float32_table(function, source=source, output=output)
    as_tflite = source.type == output.type == INT8 and not arithmetic.powers_of_two
    if as_tflite and op.name == "Abs":
        return _absolute(layer, source, output)
    if as_tflite and op.name == "Rsqrt":
        factor = layer.multiplier(rsqrt_factor(source, output))
        return rsqrt_table(source, output, factor=factor, rounding=arithmetic.rounding)
    if as_tflite and op.name == "Sqrt" and layer.is_as_in_file():
        return truncated_table(function, source=source, output=output)
    is_populated = as_tflite and op.name in _POPULATED
    return (populated_table if is_populated else nearest_table)(
        function, source=source, output=output
    )


def _defined_everywhere(op: Function, output: QuantizedTensor, *, is_float32: bool) -> RealFunction:
    """The function with an end of the output's grid where it is infinite or not defined.

    Source: ``LogLUTPrepare`` and the table of RSQRT in TFLite's ``elementwise.cc``; ONNX Runtime's
    ``QuantizeLinear`` makes the least integer of what is no number.
    """
    low, high = (
        (end - output.zero_point) * output.scale for end in (output.type.min, output.type.max)
    )
    nowhere = low if is_float32 else {"Log": low, "Rsqrt": high}.get(op.name, 0.0)

    def function(x: NDArray[Any]) -> NDArray[Any]:
        values = evaluate(op.name, x, alpha=op.alpha, gamma=op.gamma)
        finite = np.nan_to_num(values, nan=nowhere, posinf=high, neginf=low)
        return np.clip(finite, -_FAR, _FAR).astype(x.dtype)

    return function


def _absolute(layer: Layer, source: QuantizedTensor, output: QuantizedTensor) -> IntArray:
    """Source: ``AbsEvalQuantized`` of TFLite."""
    magnitudes = np.abs(centred_inputs(source))
    factor = layer.multiplier(float32_ratio(source.scale, output.scale))
    if source.scale != output.scale:
        magnitudes = multiply(magnitudes, *factor, layer.setting.arithmetic.rounding)
    return as_table(magnitudes + output.zero_point, output)
