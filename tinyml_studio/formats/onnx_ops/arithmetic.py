"""Add, Sub, Mul, Div, Neg and Sum."""

from __future__ import annotations

import math

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.broadcast import (
    both_operands,
    constant_operand,
    next_operand,
)
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.ir.ops import Add, Div, Function, Identity, Mul, Sub

_POWERS = {0.5: "Sqrt", -0.5: "Rsqrt", -1.0: "Reciprocal"}


def add(emitter: Emitter) -> Tensor:
    """Sum of two operands."""
    return emitter.add(Add(), *both_operands(emitter))


def subtract(emitter: Emitter) -> Tensor:
    """Difference of two operands."""
    return emitter.add(Sub(), *both_operands(emitter))


def multiply(emitter: Emitter) -> Tensor:
    """Product of two operands."""
    return emitter.add(Mul(), *both_operands(emitter))


def divide(emitter: Emitter) -> Tensor:
    """Division by what lies on a grid, else multiplication by the reciprocal.

    Of real numbers the reciprocal is a constant or a function of its own, whose range is measured:
    a divisor that is near zero in a few places does not take all the steps of the output.
    """
    if _is_on_grid(emitter, 1):
        return emitter.add(Div(), *both_operands(emitter))
    if isinstance(emitter.operand(1), Tensor):
        return _divide_by_computed(emitter)
    tensor, shape = emitter.tensor(0)
    divisor = constant_operand(emitter, 1, shape)
    with np.errstate(divide="ignore", over="ignore"):
        factor = emitter.floats(np.reciprocal(divisor), "reciprocal")
    return emitter.add(Mul(), tensor, emitter.hold(factor, "reciprocal"))


def _is_on_grid(emitter: Emitter, index: int) -> bool:
    """Whether the file states the integers of an operand."""
    value = emitter.operand(index)
    if isinstance(value, Tensor):
        return emitter.grid_of(value.name) is not None
    encoding = emitter.encoding(index)
    return encoding is not None and encoding.is_activation


def _divide_by_computed(emitter: Emitter) -> Tensor:
    first, second = both_operands(emitter)
    inverse = Function("Reciprocal")
    value = emitter.operand(0)
    if isinstance(value, Known) and value.array.shape == () and value.array == 1:
        return emitter.add(inverse, second)
    return emitter.add(Mul(), first, emitter.add(inverse, second, suffix="reciprocal"))


def negate(emitter: Emitter) -> Tensor:
    """Multiplication by -1."""
    tensor, _ = emitter.tensor()
    return emitter.add(Mul(), tensor, emitter.hold(np.array(-1, np.float32), "minus_one"))


def total(emitter: Emitter) -> Tensor:
    """Sum of any number of operands, two at a time."""
    count = len(emitter.node.inputs)
    if count == 0:
        raise Malformed("it has no operands")
    if count == 1:
        return emitter.add(Identity(), emitter.tensor()[0])
    result = emitter.add(Add(), *both_operands(emitter), suffix="" if count == 2 else "1")
    for index in range(2, count):
        operand = next_operand(emitter, index, result)
        result = emitter.add(
            Add(), result, operand, suffix="" if index == count - 1 else str(index)
        )
    return result


def power(emitter: Emitter) -> Tensor:
    """A square is a product, other constant powers are functions."""
    tensor, _ = emitter.tensor(0)
    exponent = emitter.constant(1, "exponent")
    if exponent is None or exponent.size != 1 or exponent.ndim > 1:
        raise Refused("only one constant power for all values is supported")
    power = float(exponent.item())
    if not math.isfinite(power):
        raise Malformed(f"its power is {power}")
    if power == 1:
        return emitter.add(Identity(), tensor)
    if power == 2:
        return emitter.add(Mul(), tensor, tensor)
    named = _POWERS.get(power)
    return emitter.add(Function(named) if named else Function("Pow", power), tensor)
