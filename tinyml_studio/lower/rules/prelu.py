"""PRelu: a slope for every channel."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8, INT16
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer, float32_ratio
from tinyml_studio.program.instructions import PRelu


def lower_prelu(layer: Layer) -> None:
    """One instruction; the slopes have 8 bits, or the 16 that a file states.

    Source: ``CalculatePreluParams`` of TFLite.
    """
    layer.op(ops.PRelu)
    source, slope = layer.input(0), layer.input(1, bits=_slope_bits(layer))
    output = layer.output(layer.calibrated())
    layer.emit(
        PRelu(
            layer=layer.node.name,
            inputs=(source.name, slope.name),
            output=output.name,
            identity=layer.multiplier(_ratio(layer, source.scale, output.scale)),
            alpha=layer.multiplier(_ratio(layer, source.scale * slope.scale, output.scale)),
            low=output.type.min,
            high=output.type.max,
        )
    )


def _slope_bits(layer: Layer) -> int:
    """The width of the slopes: 16 bits beside activations of 16 only."""
    found = layer.setting.graph.found
    held = None if found is None else found.activations.get(layer.node.inputs[1])
    wide = held is not None and held.bits == layer.choice.activation_bits == INT16.bits
    return INT16.bits if wide else INT8.bits


def _ratio(layer: Layer, scale: float, divisor: float) -> float:
    """TFLite-Micro divides in double; LiteRT's Prepare multiplies and divides in float32."""
    if layer.setting.arithmetic.real_factors:
        return float32_ratio(float(np.float32(scale)), divisor)
    return scale / divisor
