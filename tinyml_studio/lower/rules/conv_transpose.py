"""ConvTranspose: a transposed convolution."""

from __future__ import annotations

from tinyml_studio.ir.ops import ConvTranspose
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.spatial import two_axes, two_pads
from tinyml_studio.lower.weights import integer_weights
from tinyml_studio.program.instructions import TransposeConv2D


def lower_conv_transpose(layer: Layer) -> None:
    """Weights ``(O, *kernel, I / groups)`` become ``(O, KH, KW, I / groups)`` integers."""
    op = layer.op(ConvTranspose)
    source, output = layer.input(), layer.output(layer.calibrated())
    weights = integer_weights(
        layer,
        op.weight,
        op.bias,
        source=source,
        output=output,
        granularity=layer.choice.granularity,
    )
    low, high = layer.limits(output, op.clamp)
    shape = (len(op.weight), *two_axes(op.kernel), op.weight.shape[-1])
    layer.emit(
        TransposeConv2D(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            weights=weights.integers.reshape(shape),
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
