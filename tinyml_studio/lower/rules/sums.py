"""What Add and Sub share: both operands brought to twice the larger scale, then to the output's."""

from __future__ import annotations

from collections.abc import Callable

from tinyml_studio.ir.ops import Clamp
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.fixed_sum import lower_fixed_sum
from tinyml_studio.lower.rules.float32_sum import lower_float32_sum
from tinyml_studio.program.instructions import Add

_LEFT_SHIFT = 20
_LEFT_SHIFT_16 = 15  # 65535 << 15 still fits int32


def lower_sum(
    layer: Layer, clamp: Clamp, *, subtract: bool, ratio: Callable[[float, float], float]
) -> None:
    """Emit the sum or the difference; `ratio` divides scales as TFLite does for the operator."""
    arithmetic = layer.setting.arithmetic
    if arithmetic.short_factors and lower_fixed_sum(layer, clamp, subtract=subtract):
        return
    if arithmetic.is_float32:
        lower_float32_sum(layer, clamp, subtract=subtract)
        return
    first, second = layer.input(0), layer.input(1)
    output = layer.output(layer.calibrated())
    wide = 16 in (first.type.bits, second.type.bits, output.type.bits)
    left_shift = _LEFT_SHIFT_16 if wide else _LEFT_SHIFT
    twice_max = 2.0 * max(first.scale, second.scale)
    low, high = layer.limits(output, clamp)
    layer.emit(
        Add(
            layer=layer.node.name,
            inputs=(first.name, second.name),
            output=output.name,
            subtract=subtract,
            left_shift=left_shift,
            multiplier_a=layer.multiplier(ratio(first.scale, twice_max)),
            multiplier_b=layer.multiplier(ratio(second.scale, twice_max)),
            multiplier_out=layer.multiplier(ratio(twice_max, output.scale * (1 << left_shift))),
            low=low,
            high=high,
        )
    )
