"""ChannelAffine: a depthwise convolution with a 1 x 1 kernel."""

from __future__ import annotations

from tinyml_studio.ir.ops import ChannelAffine
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.weights import integer_weights
from tinyml_studio.program.instructions import DepthwiseConv2D
from tinyml_studio.quantize.scheme import Granularity


def lower_channel_affine(layer: Layer) -> None:
    """One factor per channel, so always one scale per channel."""
    op = layer.op(ChannelAffine)
    source, output = layer.input(), layer.output(layer.calibrated())
    if len(source.shape) > 3:
        layer.refuse(f"its tensor has {len(source.shape)} axes, a channel-wise layer takes 3")
    weights = integer_weights(
        layer,
        op.scale,
        op.bias,
        source=source,
        output=output,
        granularity=Granularity.CHANNEL,
    )
    low, high = layer.limits(output, op.clamp)
    layer.emit(
        DepthwiseConv2D(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            weights=weights.integers.reshape(1, 1, -1),
            weight_type=weights.type,
            bias=weights.bias,
            strides=(1, 1),
            pads=((0, 0), (0, 0)),
            dilations=(1, 1),
            multiplier=weights.multiplier,
            shift=weights.shift,
            low=low,
            high=high,
            weight_scale=weights.scale,
        )
    )
