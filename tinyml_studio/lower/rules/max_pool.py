"""MaxPool: the maximum over windows, on the grid of the input."""

from __future__ import annotations

from tinyml_studio.ir.ops import MaxPool
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.spatial import two_axes, two_pads
from tinyml_studio.program.instructions import MaxPool2D


def lower_max_pool(layer: Layer) -> None:
    """One instruction; scale and zero point stay."""
    op = layer.op(MaxPool)
    source = layer.input()
    output = layer.output(Grid.of(source))
    low, high = layer.limits(output, op.clamp)
    layer.emit(
        MaxPool2D(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            kernel=two_axes(op.kernel),
            strides=two_axes(op.strides),
            pads=two_pads(op.pads),
            low=low,
            high=high,
        )
    )
