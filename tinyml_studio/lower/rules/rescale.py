"""Requantize: the same values on a grid of their own."""

from __future__ import annotations

from tinyml_studio.ir.ops import Requantize
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.requantize import requantize


def lower_requantize(layer: Layer) -> None:
    """One instruction; source: TFLite-Micro's ``PrepareQuantizeReference``."""
    layer.op(Requantize)
    source = layer.input()
    requantize(layer, source, layer.output(layer.calibrated()))
