"""BatchNormalization at inference."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.layout import channels_first, channels_last
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import ChannelAffine

_OPERANDS = ("scale", "bias", "mean", "variance")


def convert(emitter: Emitter) -> Tensor:
    """``scale * (x - mean) / sqrt(variance + epsilon) + bias`` as one factor and one summand."""
    tensor, shape = emitter.tensor()
    if emitter.attributes.flag("training_mode"):
        raise Refused("it is in training mode")
    if not emitter.attributes.flag("spatial", default=True):
        raise Refused("it normalizes every element on its own (spatial=0)")
    if not shape:
        raise Malformed("its input has no channels")
    op = _affine(emitter, shape[0])
    if len(shape) == 1:
        return emitter.add(op, tensor)
    inner = emitter.add(op, channels_last(emitter, tensor, len(shape)))
    return channels_first(emitter, inner, len(shape))


def _affine(emitter: Emitter, channels: int) -> ChannelAffine:
    """Factor and summand per channel, computed in float64."""
    scale, bias, mean, variance = (
        _channel_values(emitter, index + 1, name, channels) for index, name in enumerate(_OPERANDS)
    )
    spread = variance.astype(np.float64) + emitter.attributes.real("epsilon", 1e-5)
    if not (spread > 0).all():
        raise Malformed("its variance is not positive")
    factor = scale / np.sqrt(spread)
    with np.errstate(over="ignore"):
        summand = (bias - mean * factor).astype(np.float32)
        single = factor.astype(np.float32)
    return ChannelAffine(emitter.floats(single, "factor"), emitter.floats(summand, "summand"))


def _channel_values(emitter: Emitter, index: int, name: str, channels: int) -> FloatArray:
    values = emitter.weights(index, name)
    if values.shape != (channels,):
        raise Malformed(f"its {name} has shape {list(values.shape)} for {channels} channels")
    return values
