"""DEPTHWISE_CONV_2D: every input channel has as many filters as the depth multiplier says."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.layer_weights import layer_weights
from tinyml_studio.formats.tflite.strided_blocks import finish_convolution
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.formats.tflite.windows import check_windows, convolution_windows
from tinyml_studio.ir.ops import Conv


def convert_depthwise_conv_2d(emitter: Emitter) -> tuple[Tensor, ...]:
    """Weights ``(1, KH, KW, C * M)`` become ``(C * M, KH, KW, 1)`` in C groups."""
    source, shape = emitter.computed()
    held = layer_weights(emitter, source, channels=3)
    if held.found is not None and held.found.narrow:
        raise Refused("a bias of type INT32 is not supported with an input of 16 bits")
    strides = (emitter.option(2, "<i4"), emitter.option(1, "<i4"))
    dilations = (emitter.option(6, "<i4", 1), emitter.option(5, "<i4", 1))
    check_windows(strides=strides, dilations=dilations)
    weight = held.weight
    if weight.ndim != 4 or weight.shape[0] != 1 or len(shape) != 3 or weight.shape[3] % shape[2]:
        raise Malformed(f"weights of shape {weight.shape} do not fit the input {shape}")
    padding, kernel = emitter.option(0, "i1"), weight.shape[1:3]
    pads, spread = convolution_windows(
        emitter.operator, padding, shape[:2], kernel, (strides, dilations)
    )
    op = Conv(
        weight=np.ascontiguousarray(weight.transpose(3, 1, 2, 0)),
        bias=held.bias,
        strides=strides,
        pads=pads,
        dilations=spread,
        groups=shape[2],
        clamp=emitter.clamp(4),
    )
    return finish_convolution(emitter, op, source, held.found)
