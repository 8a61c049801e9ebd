"""Conv: a convolution, or a depthwise one where every input channel has filters of its own."""

from __future__ import annotations

import numpy as np

from tinyml_studio.ir.ops import Conv
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.spatial import two_axes, two_pads
from tinyml_studio.lower.weights import integer_weights
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D


def lower_conv(layer: Layer) -> None:
    """Weights ``(O, *kernel, I / groups)`` become ``(O, KH, KW, I / groups)`` integers."""
    op = layer.op(Conv)
    source, output = layer.input(), layer.output(layer.calibrated())
    weights = integer_weights(
        layer,
        op.weight,
        op.bias,
        source=source,
        output=output,
        granularity=layer.choice.granularity,
    )
    shape = (len(op.weight), *two_axes(op.kernel), op.weight.shape[-1])
    integers = weights.integers.reshape(shape)
    low, high = layer.limits(output, op.clamp)
    if op.is_depthwise:
        layer.emit(
            DepthwiseConv2D(
                layer=layer.node.name,
                inputs=(source.name,),
                output=output.name,
                weights=np.ascontiguousarray(np.moveaxis(integers[..., 0], 0, -1)),
                weight_type=weights.type,
                bias=weights.bias,
                strides=two_axes(op.strides),
                pads=two_pads(op.pads),
                dilations=two_axes(op.dilations),
                multiplier=weights.multiplier,
                shift=weights.shift,
                low=low,
                high=high,
            )
        )
        return
    layer.emit(
        Conv2D(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            weights=integers,
            weight_type=weights.type,
            bias=weights.bias,
            strides=two_axes(op.strides),
            pads=two_pads(op.pads),
            dilations=two_axes(op.dilations),
            groups=op.groups,
            multiplier=weights.multiplier,
            shift=weights.shift,
            low=low,
            high=high,
        )
    )
