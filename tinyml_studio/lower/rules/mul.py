"""Mul: the product of two tensors."""

from __future__ import annotations

from tinyml_studio.arith.float32 import product_over
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import Mul, MulFloat32


def lower_mul(layer: Layer) -> None:
    """One instruction.

    Sources: TFLite-Micro's ``CalculateOpDataMul``, ``MlasQLinearMul``, and XNNPACK's ``vmul`` of
    integers, whose product is one of float32.
    """
    op = layer.op(ops.Mul)
    first, second = layer.input(0), layer.input(1)
    output = layer.output(layer.calibrated())
    low, high = layer.limits(output, op.clamp)
    arithmetic = layer.setting.arithmetic
    if arithmetic.is_float32 and not arithmetic.short_factors:
        layer.emit(
            MulFloat32(
                layer=layer.node.name,
                inputs=(first.name, second.name),
                output=output.name,
                ratio=product_over(first.scale, second.scale, output.scale),
                low=low,
                high=high,
                origin=layer.origin(),
            )
        )
        return
    factor = first.scale * second.scale / output.scale
    if arithmetic.is_float32:
        factor = product_over(first.scale, second.scale, output.scale)
    layer.emit(
        Mul(
            layer=layer.node.name,
            inputs=(first.name, second.name),
            output=output.name,
            multiplier=layer.multiplier(factor),
            low=low,
            high=high,
        )
    )
