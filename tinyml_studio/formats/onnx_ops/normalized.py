"""Values less their mean, over their deviation: what layer, instance and group norms share."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Add, Function, Mean, Mul, Shape, Sub


def normalized(emitter: Emitter, tensor: Tensor, axes: tuple[int, ...]) -> Tensor:
    """``(x - mean) / sqrt(mean of squares + epsilon)`` over some axes of the sample."""
    epsilon = np.array(emitter.attributes.real("epsilon", 1e-5), np.float32)
    mean = emitter.add(Mean(axes), tensor, suffix="mean")
    centred = emitter.add(Sub(), tensor, mean, suffix="centred")
    squares = emitter.add(Mul(), centred, centred, suffix="squares")
    variance = emitter.add(Mean(axes), squares, suffix="variance")
    raised = emitter.add(Add(), variance, emitter.hold(epsilon, "epsilon"), suffix="raised")
    factor = emitter.add(Function("Rsqrt"), raised, suffix="factor")
    return emitter.add(Mul(), centred, factor, suffix="normal")


def of_channels(emitter: Emitter, tensor: Tensor, shape: Shape) -> Tensor:
    """Times the operand 1 and plus the operand 2 for every channel, the sample's first axis."""
    scale = _per_channel(emitter, 1, "scale", shape)
    scaled = emitter.add(Mul(), tensor, scale, suffix="scaled")
    return emitter.add(Add(), scaled, _per_channel(emitter, 2, "bias", shape))


def _per_channel(emitter: Emitter, index: int, what: str, shape: Shape) -> Tensor:
    """One number for every channel, along the spatial axes."""
    array = emitter.weights(index, what)
    if array.shape != shape[:1]:
        raise Malformed(f"its {what} has shape {list(array.shape)} for {shape[0]} channels")
    return emitter.hold(array.reshape(-1, *(1,) * (len(shape) - 1)), what)
