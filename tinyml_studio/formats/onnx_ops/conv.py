"""Conv: one or two spatial axes, groups, dilation, strides, every kind of padding."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.layout import between_transposes, spatial_input
from tinyml_studio.formats.onnx_ops.windows import read_windows
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Conv


def convert(emitter: Emitter) -> Tensor:
    """Weights ``(O, I / g, *k)`` become ``(O, *k, I / g)``, and the layout channels last."""
    tensor, shape = spatial_input(emitter)
    weight = emitter.weights(1, "weight")
    groups = emitter.attributes.integer("group", 1)
    if weight.ndim != len(shape) + 1:
        raise Malformed(f"its weight has {weight.ndim} axes where its input has {len(shape) + 1}")
    if groups < 1 or weight.shape[0] % groups or weight.shape[1] * groups != shape[0]:
        raise Malformed(
            f"its weight of shape {list(weight.shape)} in {groups} group(s)"
            f" does not fit {shape[0]} input channels"
        )
    windows = read_windows(emitter, shape[1:], tuple(weight.shape[2:]))
    op = Conv(
        weight=np.ascontiguousarray(np.moveaxis(weight, 1, -1)),
        bias=_bias(emitter, weight.shape[0]),
        strides=windows.strides,
        pads=windows.pads,
        dilations=windows.dilations,
        groups=groups,
    )
    emitter.keep_weights(1, channels=0, bias=2)
    return between_transposes(emitter, op, tensor, len(shape))


def _bias(emitter: Emitter, channels: int) -> FloatArray:
    """The bias, zeros when the model has none."""
    array = emitter.constant(2, "bias")
    if array is None:
        return np.zeros(channels, np.float32)
    if array.shape != (channels,):
        raise Malformed(f"its bias has shape {list(array.shape)} for {channels} channels")
    return emitter.floats(array, "bias")
