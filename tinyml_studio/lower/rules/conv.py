"""Conv: a convolution, or a depthwise one where every input channel has filters of its own."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int8Array
from tinyml_studio.ir.ops import Conv
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.spatial import two_axes, two_pads
from tinyml_studio.lower.weights import IntegerWeights, integer_weights
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D
from tinyml_studio.program.program import QuantizedTensor


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
    emit = _emit_depthwise if op.is_depthwise else _emit_full
    emit(layer, source, output, weights)


def _emit_full(
    layer: Layer, source: QuantizedTensor, output: QuantizedTensor, weights: IntegerWeights
) -> None:
    op = layer.op(Conv)
    low, high = layer.limits(output, op.clamp)
    layer.emit(
        Conv2D(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            weights=_image_weights(op, weights),
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
            narrow=weights.narrow,
            weight_scale=weights.scale,
        )
    )


def _emit_depthwise(
    layer: Layer, source: QuantizedTensor, output: QuantizedTensor, weights: IntegerWeights
) -> None:
    op = layer.op(Conv)
    low, high = layer.limits(output, op.clamp)
    integers = np.moveaxis(_image_weights(op, weights)[..., 0], 0, -1)
    layer.emit(
        DepthwiseConv2D(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            weights=np.ascontiguousarray(integers),
            weight_type=weights.type,
            bias=weights.bias,
            strides=two_axes(op.strides),
            pads=two_pads(op.pads),
            dilations=two_axes(op.dilations),
            multiplier=weights.multiplier,
            shift=weights.shift,
            low=low,
            high=high,
            narrow=weights.narrow,
            weight_scale=weights.scale,
        )
    )


def _image_weights(op: Conv, weights: IntegerWeights) -> Int8Array:
    """The integers with two kernel axes: ``(O, KH, KW, I / groups)``."""
    return weights.integers.reshape(len(op.weight), *two_axes(op.kernel), op.weight.shape[-1])
