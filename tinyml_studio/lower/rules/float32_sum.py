"""Add and Sub in float32: ratios of the scales, and what the zero points add up to."""

from __future__ import annotations

from tinyml_studio.arith.float32 import fused, rounded
from tinyml_studio.ir.ops import Clamp
from tinyml_studio.lower.layer import Layer, float32_ratio
from tinyml_studio.program.instructions import AddFloat32


def lower_float32_sum(layer: Layer, clamp: Clamp, *, subtract: bool) -> None:
    """One instruction; source: ``MlasQLinearAdd`` for AVX2, with its fused multiply-adds."""
    first, second = layer.input(0), layer.input(1)
    output = layer.output(layer.calibrated())
    ratio_a = float32_ratio(first.scale, output.scale)
    ratio_b = float32_ratio(second.scale, output.scale) * (-1 if subtract else 1)
    origin = layer.origin()
    zeros = fused(
        first.zero_point + origin, ratio_a, rounded((second.zero_point + origin) * ratio_b)
    )
    low, high = layer.limits(output, clamp)
    layer.emit(
        AddFloat32(
            layer=layer.node.name,
            inputs=(first.name, second.name),
            output=output.name,
            ratio_a=ratio_a,
            ratio_b=ratio_b,
            offset=rounded(output.zero_point + origin - zeros),
            low=low,
            high=high,
            origin=origin,
        )
    )
