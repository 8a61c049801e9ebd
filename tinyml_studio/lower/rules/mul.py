"""Mul: the product of two tensors."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer
from tinyml_studio.program.instructions import Mul


def lower_mul(layer: Layer) -> None:
    """One instruction; source: TFLite-Micro's ``CalculateOpDataMul``."""
    op = layer.op(ops.Mul)
    first, second = layer.input(0), layer.input(1)
    output = layer.output(layer.calibrated())
    low, high = layer.limits(output, op.clamp)
    layer.emit(
        Mul(
            layer=layer.node.name,
            inputs=(first.name, second.name),
            output=output.name,
            multiplier=layer.multiplier(first.scale * second.scale / output.scale),
            low=low,
            high=high,
        )
    )
