"""PRelu: a slope for every channel."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import PRelu


def lower_prelu(layer: Layer) -> None:
    """One instruction; the slopes have 8 bits. Source: ``CalculatePreluParams`` of TFLite."""
    layer.op(ops.PRelu)
    source, slope = layer.input(0), layer.input(1, bits=INT8.bits)
    output = layer.output(layer.calibrated())
    layer.emit(
        PRelu(
            layer=layer.node.name,
            inputs=(source.name, slope.name),
            output=output.name,
            identity=layer.multiplier(source.scale / output.scale),
            alpha=layer.multiplier(source.scale * slope.scale / output.scale),
            low=output.type.min,
            high=output.type.max,
        )
    )
