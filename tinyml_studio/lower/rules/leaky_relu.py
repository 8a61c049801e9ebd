"""LeakyRelu: TFLite's two multipliers, as a table where the input is narrow."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8, INT16, IntArray
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer, float32_ratio
from tinyml_studio.lower.rules.float32_map import emit_float32_map
from tinyml_studio.lower.tables.nearest import as_table, centred_inputs
from tinyml_studio.program.instructions import LeakyRelu, Lookup, PRelu
from tinyml_studio.program.program import QuantizedTensor


def lower_leaky_relu(layer: Layer) -> None:
    """Source: ``QuantizeLeakyRelu`` of TFLite's reference and its Prepare in TFLite-Micro."""
    op = layer.op(ops.LeakyRelu)
    source, output = layer.input(), layer.output(layer.calibrated())
    if source.type == INT16:
        emit_two_slopes(layer, source, output, alpha=op.alpha)
    elif layer.setting.arithmetic.short_factors:
        table = _short_table(op.alpha, source, output)
        layer.emit(
            Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
        )
    elif layer.setting.arithmetic.is_float32:
        emit_float32_map(layer, source, output, slope=float(np.float32(op.alpha)))
    else:
        table = _table(layer, op.alpha, source, output)
        layer.emit(
            Lookup(layer=layer.node.name, inputs=(source.name,), output=output.name, table=table)
        )


def emit_two_slopes(
    layer: Layer, source: QuantizedTensor, output: QuantizedTensor, *, alpha: float
) -> None:
    """16-bit values times 1, or times `alpha` where they are negative.

    Multipliers are never negative: a negative `alpha` is its magnitude, and -1 as the slope of
    `PRelu`. TFLite's own product of two negative factors is the same.
    """
    if layer.setting.arithmetic.is_float32:
        emit_float32_map(layer, source, output, slope=float(np.float32(alpha)))
        return
    identity = layer.multiplier(float32_ratio(source.scale, output.scale))
    slope = layer.multiplier(_alpha_ratio(alpha, source, output))
    low, high = output.type.min, output.type.max
    if alpha >= 0:
        layer.emit(
            LeakyRelu(
                layer=layer.node.name,
                inputs=(source.name,),
                output=output.name,
                identity=identity,
                alpha=slope,
                low=low,
                high=high,
            )
        )
        return
    minus = layer.scratch((1,), Grid(INT8.bits, 1.0, 0))
    layer.constants[minus.name] = np.full((1,), -1, INT8.carrier)
    layer.emit(
        PRelu(
            layer=layer.node.name,
            inputs=(source.name, minus.name),
            output=output.name,
            identity=identity,
            alpha=slope,
            low=low,
            high=high,
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
    negative = np.minimum(inputs, 0)
    below = multiply(negative if alpha >= 0 else -negative, *slope, rounding)
    return as_table(above + below + output.zero_point, output)


def _short_table(alpha: float, source: QuantizedTensor, output: QuantizedTensor) -> IntArray:
    """Source: ``vlrelu`` of XNNPACK, whose factors are whole 256ths."""
    inputs = centred_inputs(source).astype(np.int64)
    identity = float32_ratio(source.scale, output.scale)
    slope = float(np.float32(np.float32(identity) * np.float32(alpha)))
    factors = np.where(inputs < 0, round(256 * slope), round(256 * identity))
    return as_table((inputs * factors + 128 >> 8) + output.zero_point, output)
