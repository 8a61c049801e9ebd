"""Clip, and a Relu that stands alone: a requantization between two limits."""

from __future__ import annotations

from tinyml_studio.ir.ops import Clip
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import Requantize


def lower_clip(layer: Layer) -> None:
    """One instruction with a grid of its own, which covers what is left."""
    op = layer.op(Clip)
    source, output = layer.input(), layer.output(layer.calibrated())
    low, high = layer.limits(output, op.clamp)
    layer.emit(
        Requantize(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            multiplier=layer.multiplier(source.scale / output.scale),
            low=low,
            high=high,
        )
    )
