"""Relu."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Clamp, Clip


def convert(emitter: Emitter) -> Tensor:
    """Everything below zero becomes zero."""
    return emitter.add(Clip(Clamp(low=0.0)), emitter.tensor()[0])
