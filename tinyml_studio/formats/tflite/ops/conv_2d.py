"""CONV_2D, grouped where the weights have fewer channels than the input."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.layer_weights import layer_weights
from tinyml_studio.formats.tflite.strided_blocks import finish_convolution
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.formats.tflite.windows import check_windows, convolution_windows
from tinyml_studio.ir.ops import Conv


def convert_conv_2d(emitter: Emitter) -> tuple[Tensor, ...]:
    """Weights ``(O, KH, KW, I / groups)`` are those of `Conv`."""
    source, shape = emitter.computed()
    held = layer_weights(emitter, source, channels=0)
    strides = (emitter.option(2, "<i4"), emitter.option(1, "<i4"))
    dilations = (emitter.option(5, "<i4", 1), emitter.option(4, "<i4", 1))
    check_windows(strides=strides, dilations=dilations)
    if held.weight.ndim != 4 or len(shape) != 3 or shape[2] % held.weight.shape[3]:
        raise Malformed(f"weights of shape {held.weight.shape} do not fit the input {shape}")
    padding, kernel = emitter.option(0, "i1"), held.weight.shape[1:3]
    pads, spread = convolution_windows(
        emitter.operator, padding, shape[:2], kernel, (strides, dilations)
    )
    op = Conv(
        weight=held.weight,
        bias=held.bias,
        strides=strides,
        pads=pads,
        dilations=spread,
        groups=shape[2] // held.weight.shape[3],
        clamp=emitter.clamp(3),
    )
    return finish_convolution(emitter, op, source, held.found)
