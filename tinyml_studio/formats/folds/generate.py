"""Operators that make a constant from nothing or from a shape."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.folds.call import FoldCall, whole_numbers
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.wire import Array, Foreign


def constant(call: FoldCall) -> tuple[Array, ...]:
    """Constant, in all forms of its value but strings and sparse tensors."""
    values = call.attributes.values
    if len(values) != 1:
        raise Malformed("it has no value, or several")
    name, value = next(iter(values.items()))
    if name == "value" and isinstance(value, np.ndarray):
        return (value,)
    if name in ("value_int", "value_ints") and isinstance(value, int | tuple):
        return (np.array(value, np.int64),)
    if name in ("value_float", "value_floats") and isinstance(value, float | tuple):
        return (np.array(value, np.float32),)
    kind = value.kind if isinstance(value, Foreign) else name
    raise Refused(f"a constant of this form is not read: {kind}")


def constant_of_shape(call: FoldCall) -> tuple[Array, ...]:
    """One value everywhere; 0.0 when nothing is said."""
    shape = whole_numbers(call.operand(0), "shape")
    value = call.attributes.values.get("value", np.zeros(1, np.float32))
    if not isinstance(value, np.ndarray) or value.size != 1:
        raise Malformed("its value is not a single number")
    call.budget.claim(shape)
    return (np.full(shape, value.reshape(-1)[0], value.dtype),)


def arange(call: FoldCall) -> tuple[Array, ...]:
    """Range: start, limit, step."""
    start, limit, step = (call.operand(index) for index in range(3))
    if not start.size == limit.size == step.size == 1 or not step.all():
        raise Malformed("start, limit and step are not three numbers, or the step is 0")
    count = np.ceil((float(limit.item()) - float(start.item())) / float(step.item()))
    if not np.isfinite(count):
        raise Malformed("its limits are not finite")
    call.budget.claim([max(int(count), 0)])
    return ((start.item() + step.item() * np.arange(max(int(count), 0))).astype(start.dtype),)
