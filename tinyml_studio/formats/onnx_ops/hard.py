"""HardSwish and HardSigmoid."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import HardSigmoid, HardSwish


def swish(emitter: Emitter) -> Tensor:
    """No attributes."""
    return emitter.add(HardSwish(), emitter.tensor()[0])


def sigmoid(emitter: Emitter) -> Tensor:
    """Slope and offset, 0.2 and 0.5 when nothing is said."""
    alpha = emitter.attributes.real("alpha", 0.2)
    beta = emitter.attributes.real("beta", 0.5)
    return emitter.add(HardSigmoid(alpha, beta), emitter.tensor()[0])
