"""Add: the sum of two tensors."""

from __future__ import annotations

from operator import truediv

from tinyml_studio.ir.ops import Add
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.sums import lower_sum


def lower_add(layer: Layer) -> None:
    """TFLite's ``CalculateOpDataAdd`` divides the scales in double."""
    lower_sum(layer, layer.op(Add).clamp, subtract=False, ratio=truediv)
