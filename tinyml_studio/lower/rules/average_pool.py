"""AveragePool: the mean of what is not padding over windows."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.ir.ops import AveragePool
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.lower.rules.spatial import two_axes, two_pads
from tinyml_studio.program.instructions import AveragePool2D, AveragePoolFloat32
from tinyml_studio.program.program import QuantizedTensor


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
    layer.instructions.append(
        AveragePool2D(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            kernel=two_axes(op.kernel),
            strides=two_axes(op.strides),
            pads=two_pads(op.pads),
            low=low,
            high=high,
            rounding=_rounding(layer, source),
        )
    )


def _rounding(layer: Layer, source: QuantizedTensor) -> Rounding:
    """That of the arithmetic, but for LiteRT's kernel for uint8.

    ``(sum + n / 2) / n`` of unsigned values takes ties away from 0, and 0 is the lowest of them.
    """
    arithmetic = layer.setting.arithmetic
    if arithmetic.unsigned_in_float32 and source.type == INT8 and layer.origin() > 0:
        return Rounding.HALF_UP
    return arithmetic.average
