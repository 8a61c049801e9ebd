"""LeakyRelu: TFLite's two multipliers, as a table where the input is narrow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT16, IntArray
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer, float32_ratio
from tinyml_studio.lower.rules.float32_map import emit_float32_map
from tinyml_studio.lower.rules.interpolate import emit_interpolation
from tinyml_studio.lower.tables.nearest import as_table, centred_inputs
from tinyml_studio.program.instructions import LeakyRelu, Lookup
from tinyml_studio.program.program import QuantizedTensor


def lower_leaky_relu(layer: Layer) -> None:
    """Source: ``QuantizeLeakyRelu`` of TFLite's reference and its Prepare in TFLite-Micro."""
    op = layer.op(ops.LeakyRelu)
    source, output = layer.input(), layer.output(layer.calibrated())
    if layer.setting.arithmetic.is_float32:
        emit_float32_map(layer, source, output, slope=float(np.float32(op.alpha)))
    elif source.type != INT16:
        table = _table(layer, op.alpha, source, output)
        layer.emit(
            Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
        )
    elif op.alpha < 0:
        # the instruction's multipliers are not negative
        def function(x: NDArray[Any]) -> NDArray[Any]:
            return np.asarray(np.where(x > 0, x, x * x.dtype.type(op.alpha)))

        emit_interpolation(layer, source, output, function)
    else:
        layer.emit(
            LeakyRelu(
                layer=layer.node.name,
                inputs=(source.name,),
                output=output.name,
                identity=layer.multiplier(float32_ratio(source.scale, output.scale)),
                alpha=layer.multiplier(_alpha_ratio(op.alpha, source, output)),
                low=output.type.min,
                high=output.type.max,
            )
        )


def _alpha_ratio(alpha: float, source: QuantizedTensor, output: QuantizedTensor) -> float:
    """``source.scale * |alpha| / output.scale``, rounded to float32 after each step."""
    scaled = float(np.float32(source.scale) * np.float32(abs(alpha)))
    return float32_ratio(scaled, output.scale)


def _table(
    layer: Layer, alpha: float, source: QuantizedTensor, output: QuantizedTensor
) -> IntArray:
    inputs = centred_inputs(source)
    identity = layer.multiplier(float32_ratio(source.scale, output.scale))
    slope = layer.multiplier(_alpha_ratio(alpha, source, output))
    rounding = layer.setting.arithmetic.rounding
    above = multiply(np.maximum(inputs, 0), *identity, rounding)
    below = multiply(np.minimum(inputs, 0), *slope, rounding)
    return as_table(above + (below if alpha >= 0 else -below) + output.zero_point, output)
