"""AveragePool: the mean of what is not padding over windows."""

from __future__ import annotations

from tinyml_studio.ir.ops import AveragePool
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.spatial import two_axes, two_pads
from tinyml_studio.program.instructions import AveragePool2D, AveragePoolFloat32


def lower_average_pool(layer: Layer) -> None:
    """One instruction; the grid stays, unless a file of float32 arithmetic has another."""
    op = layer.op(AveragePool)
    source = layer.input()
    output = layer.output(layer.stated(source.type.bits) or Grid.of(source))
    low, high = layer.limits(output, op.clamp)
    if layer.setting.arithmetic.is_float32:
        layer.emit(
            AveragePoolFloat32(
                layer=layer.node.name,
                inputs=(source.name,),
                output=output.name,
                kernel=two_axes(op.kernel),
                strides=two_axes(op.strides),
                pads=two_pads(op.pads),
                scale=source.scale,
                out_scale=output.scale,
                low=low,
                high=high,
                origin=layer.origin(),
            )
        )
        return
    layer.emit(
        AveragePool2D(
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
