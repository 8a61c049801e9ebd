"""LayerNormalization over the last axis, as the operators that it is made of."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.folds.call import normal_axes
from tinyml_studio.formats.onnx_ops.normalized import normalized
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import ChannelAffine


def convert(emitter: Emitter) -> Tensor:
    """``(x - mean) / sqrt(mean of squares + epsilon) * scale + bias``."""
    tensor, shape = emitter.tensor()
    last = len(shape) - 1
    (axis,) = normal_axes((emitter.attributes.integer("axis", -1),), len(shape) + 1)
    if axis != last + 1 or last < 0:
        raise Refused("it normalizes over more than the last axis")
    scale = _vector(emitter, 1, "scale", shape[-1])
    bias = _vector(emitter, 2, "bias", shape[-1])
    normal = normalized(emitter, tensor, (last,))
    return emitter.add(ChannelAffine(scale, bias), normal)


def _vector(emitter: Emitter, index: int, what: str, channels: int) -> FloatArray:
    """One number for every channel."""
    array = emitter.constant(index, what)
    if array is None:
        return np.zeros(channels, np.float32)
    if array.size != channels:
        raise Malformed(f"its {what} has shape {list(array.shape)} for {channels} channels")
    return emitter.floats(array, what).reshape(-1)
