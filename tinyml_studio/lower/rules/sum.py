"""Sum: over axes of the sample, on a grid of its own."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import Mean


def lower_sum_over_axes(layer: Layer) -> None:
    """A mean that is not divided. Source: ``QuantizedMeanOrSum`` of TFLite's reference."""
    op = layer.op(ops.Sum)
    source, output = layer.input(), layer.output(layer.calibrated())
    layer.emit(
        Mean(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            axes=op.axes,
            multiplier=layer.multiplier(source.scale / output.scale),
            low=output.type.min,
            high=output.type.max,
        )
    )
