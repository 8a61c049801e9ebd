"""Sub: the difference of two tensors."""

from __future__ import annotations

from tinyml_studio.ir.ops import Sub
from tinyml_studio.lower.layer import Layer, float32_ratio
from tinyml_studio.lower.rules.sums import lower_sum


def lower_sub(layer: Layer) -> None:
    """TFLite's ``CalculateOpDataSub`` divides the scales in float32."""
    lower_sum(layer, layer.op(Sub).clamp, subtract=True, ratio=float32_ratio)
