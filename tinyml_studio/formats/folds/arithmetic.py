"""Elementwise operators on constants."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tinyml_studio.formats.element_types import BOOL, ELEMENT_TYPES, FLOATS
from tinyml_studio.formats.folds.call import FoldCall
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.wire import Array


def _divide(first: Array, second: Array) -> Array:
    """ONNX truncates integer quotients toward zero, NumPy's floor division does not."""
    if first.dtype.kind == "f":
        return np.asarray(first / second)
    if not second.all():
        raise Refused("an integer constant is divided by zero")
    quotient = np.abs(first) // np.abs(second)
    return np.asarray(quotient * (np.sign(first) * np.sign(second))).astype(first.dtype)


def _power(first: Array, second: Array) -> Array:
    if first.dtype.kind != "f" and (second < 0).any():
        raise Refused("an integer constant is raised to a negative power")
    return np.power(first, second).astype(first.dtype)


def _modulo(first: Array, second: Array) -> Array:
    if not second.all():
        raise Refused("a constant is divided by zero")
    return np.asarray(np.mod(first, second))


_BINARY: dict[str, Callable[[Array, Array], Array]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": _divide,
    "Pow": _power,
    "Mod": _modulo,
    "Sum": np.add,
    "Max": np.maximum,
    "Min": np.minimum,
    "Equal": np.equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "And": np.logical_and,
    "Or": np.logical_or,
}
_UNARY: dict[str, Callable[[Array], Array]] = {
    "Neg": np.negative,
    "Sqrt": np.sqrt,
    "Reciprocal": np.reciprocal,
    "Exp": np.exp,
    "Log": np.log,
    "Abs": np.abs,
    "Floor": np.floor,
    "Ceil": np.ceil,
    "Round": np.rint,
    "Sign": np.sign,
    "Tanh": np.tanh,
    "Sigmoid": lambda array: (1 / (1 + np.exp(-array))).astype(array.dtype),
    "Not": np.logical_not,
    "Identity": np.array,
    "Relu": lambda array: np.maximum(array, array.dtype.type(0)),
}
BINARY, UNARY = frozenset(_BINARY), frozenset(_UNARY)


def binary(call: FoldCall) -> tuple[Array, ...]:
    """An operator of two operands, or of a list of them (Max, Min)."""
    if call.op_type == "Mod" and call.attributes.flag("fmod"):
        raise Refused("Mod with fmod is not evaluated")
    result = call.operand(0)
    for index in range(1, len(call.operands)):
        second = call.operand(index)
        call.budget.claim(np.broadcast_shapes(result.shape, second.shape))
        result = np.asarray(_BINARY[call.op_type](result, second))
    return (result,)


def unary(call: FoldCall) -> tuple[Array, ...]:
    """An operator of one operand."""
    call.budget.claim(call.operand(0).shape)
    return (np.asarray(_UNARY[call.op_type](call.operand(0))),)


def where(call: FoldCall) -> tuple[Array, ...]:
    """Where: a choice per element."""
    operands = [call.operand(index) for index in range(3)]
    call.budget.claim(np.broadcast_shapes(*(operand.shape for operand in operands)))
    return (np.where(operands[0].astype(bool), operands[1], operands[2]),)


def clip(call: FoldCall) -> tuple[Array, ...]:
    """Clip; the limits are attributes before opset 11 and operands since."""
    array = call.operand(0)
    limits = [call.optional(1), call.optional(2)]
    if call.opset < 11:
        ends = (("min", -np.inf), ("max", np.inf))
        limits = [np.asarray(call.attributes.real(name, end), np.float32) for name, end in ends]
    for limit in limits:
        if limit is not None and (limit.size != 1 or limit.dtype != array.dtype):
            raise Malformed("a limit is not a single number of the operand's type")
    call.budget.claim(array.shape)
    low, high = limits
    raised = array if low is None else np.maximum(array, low.reshape(()))
    return (np.asarray(raised if high is None else np.minimum(raised, high.reshape(()))),)


def cast(call: FoldCall) -> tuple[Array, ...]:
    """Cast, with float32 for every float type."""
    array, target = call.operand(0), call.attributes.integer("to", 0)
    call.budget.claim(array.shape)
    if target in FLOATS:
        return (array.astype(np.float32),)
    if target == BOOL:
        return (array.astype(bool),)
    kind = ELEMENT_TYPES.get(target)
    if kind is None or kind.per_byte:
        raise Refused(f"a constant is converted to type number {target}")
    if array.dtype.kind == "f" and not (np.isfinite(array) & (np.abs(array) < 2.0**62)).all():
        raise Refused("a constant does not fit the integer type that it is converted to")
    return (array.astype(kind.stored),)
