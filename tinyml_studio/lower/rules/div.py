"""Div: the quotient of two tensors, as TFLite's kernels compute it, or of real numbers."""

from __future__ import annotations

import numpy as np

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer, float32_ratio
from tinyml_studio.program.instructions import Div, DivFloat32
from tinyml_studio.program.program import QuantizedTensor


def lower_div(layer: Layer) -> None:
    """One instruction; source: TFLite-Micro's ``CalculateOpDataDiv``, whose factor is float32."""
    op = layer.op(ops.Div)
    first, second = layer.input(0), layer.input(1)
    _check_divisor(layer, second)
    output = layer.output(layer.calibrated())
    low, high = layer.limits(output, op.clamp)
    if not layer.setting.arithmetic.has_tflite_tables:
        _divide_real_numbers(layer, (first, second), output, (low, high))
        return
    step = float(np.float32(second.scale * output.scale))
    if step == 0.0:
        layer.refuse("the product of the scales of its divisor and its output is 0 in float32")
    factor = float32_ratio(first.scale, step)
    multiplier = layer.multiplier(factor)
    if multiplier.shift > _headroom(first):
        layer.refuse(
            f"one step of its quotient is {factor:.3g} steps of the output",
            hint="give the output a wider range",
        )
    layer.emit(
        Div(
            layer=layer.node.name,
            inputs=(first.name, second.name),
            output=output.name,
            multiplier=multiplier,
            low=low,
            high=high,
        )
    )


def _divide_real_numbers(
    layer: Layer,
    operands: tuple[QuantizedTensor, QuantizedTensor],
    output: QuantizedTensor,
    limits: tuple[int, int],
) -> None:
    """As ONNX Runtime between two grids, and ESP-DL with scales of powers of two.

    Of 0 / 0 the first makes the least integer on x86-64, the second 0.
    """
    first, second = operands
    is_float32 = layer.setting.arithmetic.is_float32
    layer.emit(
        DivFloat32(
            layer=layer.node.name,
            inputs=(first.name, second.name),
            output=output.name,
            scale_a=first.scale,
            scale_b=second.scale,
            out_scale=output.scale,
            undefined=output.type.min if is_float32 else output.zero_point,
            low=limits[0],
            high=limits[1],
        )
    )


def _check_divisor(layer: Layer, divisor: QuantizedTensor) -> None:
    """Refuse a constant divisor that holds zero, which no engine divides by."""
    values = layer.constants.get(divisor.name)
    if values is not None and (values == divisor.zero_point).any():
        layer.refuse(
            f"its divisor is a constant that holds 0, in steps of {divisor.scale:.3g}",
            hint="no engine divides integers by zero; give the constant larger values or more bits",
        )


def _headroom(tensor: QuantizedTensor) -> int:
    """The fewest bits that a value counted from the zero point can go left in 32."""
    reach = max(tensor.type.max - tensor.zero_point, tensor.zero_point - tensor.type.min)
    return 31 - reach.bit_length()
