"""Prod: the product over axes of the sample, as LiteRT computes it."""

from __future__ import annotations

from math import prod

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import Prod

_LARGEST_SHIFT = 7  # of a multiplier for 64 bits


def lower_prod(layer: Layer) -> None:
    """One instruction; source: ``GetQuantProdScaling`` of LiteRT. TFLite-Micro has no kernel."""
    op = layer.op(ops.Prod)
    arithmetic = layer.setting.arithmetic
    if not arithmetic.has_tflite_tables:
        layer.refuse(
            f"the arithmetic {arithmetic.name} has no integers for it: LiteRT alone multiplies "
            "them along axes",
            hint="choose the arithmetic tflm",
        )
    source, output = layer.input(), layer.output(layer.calibrated())
    count = prod(source.shape[axis] for axis in op.axes)
    factor = source.scale / output.scale ** (1.0 / count)
    multiplier = layer.multiplier(factor)
    if multiplier.shift > _LARGEST_SHIFT:
        layer.refuse(
            f"each of its {count} factors is multiplied by {factor:.3g}",
            hint="give the output a wider range",
        )
    layer.emit(
        Prod(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            axes=op.axes,
            multiplier=multiplier,
            low=output.type.min,
            high=output.type.max,
        )
    )
