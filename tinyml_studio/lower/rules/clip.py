"""Clip, and a Relu that stands alone: a requantization between two limits."""

from __future__ import annotations

from tinyml_studio.ir.ops import Clip
from tinyml_studio.lower.layer import Layer, float32_ratio
from tinyml_studio.lower.rules.float32_map import emit_float32_map
from tinyml_studio.program.instructions import Requantize


def lower_clip(layer: Layer) -> None:
    """One instruction with a grid of its own, which covers what is left.

    Source: ``CalculateReluOpData`` of TFLite-Micro, which divides the scales in float32.
    """
    op = layer.op(Clip)
    source, output = layer.input(), layer.output(layer.calibrated())
    low, high = layer.limits(output, op.clamp)
    if layer.setting.arithmetic.is_float32:
        emit_float32_map(layer, source, output, limits=(low, high))
        return
    layer.emit(
        Requantize(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            multiplier=layer.multiplier(float32_ratio(source.scale, output.scale)),
            low=low,
            high=high,
        )
    )
