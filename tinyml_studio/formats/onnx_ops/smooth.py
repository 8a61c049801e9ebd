"""Sigmoid and Tanh."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Sigmoid, Tanh


def sigmoid(emitter: Emitter) -> Tensor:
    """No attributes."""
    return emitter.add(Sigmoid(), emitter.tensor()[0])


def tanh(emitter: Emitter) -> Tensor:
    """No attributes."""
    return emitter.add(Tanh(), emitter.tensor()[0])
