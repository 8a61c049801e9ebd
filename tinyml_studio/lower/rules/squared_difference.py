"""SquaredDifference: both operands on twice the larger scale, the square of what they differ by."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import SquaredDifference

_LEFT_SHIFT = 7  # the square of 255 << 7, halved, fits 32 bits


def lower_squared_difference(layer: Layer) -> None:
    """One instruction; source: ``PrepareQuantized`` of TFLite-Micro's squared_difference.cc."""
    layer.op(ops.SquaredDifference)
    arithmetic = layer.setting.arithmetic
    if arithmetic.is_float32:
        layer.refuse(
            f"the arithmetic {arithmetic.name} has no integers for it: ONNX has no such operator",
            hint="choose the arithmetic tflm",
        )
    first, second = layer.input(0), layer.input(1)
    output = layer.output(layer.calibrated())
    left_shift = 0 if 16 in (first.type.bits, second.type.bits) else _LEFT_SHIFT
    twice_max = 2.0 * max(first.scale, second.scale)
    layer.emit(
        SquaredDifference(
            layer=layer.node.name,
            inputs=(first.name, second.name),
            output=output.name,
            left_shift=left_shift,
            multiplier_a=layer.multiplier(first.scale / twice_max),
            multiplier_b=layer.multiplier(second.scale / twice_max),
            multiplier_out=layer.multiplier(
                twice_max * twice_max / (output.scale * (1 << (2 * left_shift)))
            ),
            low=output.type.min,
            high=output.type.max,
        )
    )
