"""Reductions of constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinyml_studio.formats.folds.call import FoldCall, normal_axes
from tinyml_studio.formats.wire import Array

_REDUCTIONS: dict[str, Callable[..., Any]] = {
    "ReduceProd": np.prod,
    "ReduceSum": np.sum,
    "ReduceMean": np.mean,
    "ReduceMax": np.max,
    "ReduceMin": np.min,
    "ReduceL2": lambda array, **how: np.sqrt(np.sum(array * array, **how)),
}
REDUCTIONS = frozenset(_REDUCTIONS)


def reduction(call: FoldCall) -> tuple[Array, ...]:
    """One of the Reduce operators, over some axes or all."""
    array, axes = call.operand(0), call.integers("axes", 1)
    if not axes and call.attributes.flag("noop_with_empty_axes"):
        return (array,)
    over = normal_axes(axes, array.ndim) if axes else None
    keep = call.attributes.flag("keepdims", default=True)
    result = _REDUCTIONS[call.op_type](array, axis=over, keepdims=keep)
    return (np.asarray(result).astype(array.dtype),)
