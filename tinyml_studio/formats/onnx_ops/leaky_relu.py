"""LeakyRelu, and PRelu with one slope for all channels."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import LeakyRelu


def leaky_relu(emitter: Emitter) -> Tensor:
    """The slope is an attribute."""
    alpha = emitter.attributes.real("alpha", 0.01)
    return emitter.add(LeakyRelu(alpha), emitter.tensor()[0])


def prelu(emitter: Emitter) -> Tensor:
    """The slope is an operand; a slope per channel has no counterpart."""
    tensor, shape = emitter.tensor()
    slope = emitter.weights(1, "slope")
    if (slope != slope.flat[0]).any() or slope.ndim > len(shape) + 1:
        raise Refused("a slope for every channel is not supported")
    return emitter.add(LeakyRelu(float(slope.flat[0])), tensor)
