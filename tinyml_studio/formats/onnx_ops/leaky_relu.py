"""LeakyRelu."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import LeakyRelu


def leaky_relu(emitter: Emitter) -> Tensor:
    """The slope is an attribute."""
    alpha = emitter.attributes.real("alpha", 0.01)
    return emitter.add(LeakyRelu(alpha), emitter.tensor()[0])
