"""ReduceMin, ReduceL1, ReduceL2 and ReduceSumSquare by the reductions that there are."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.axes import sample_axes
from tinyml_studio.formats.onnx_ops.global_pool import largest
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Function, Identity, Mul, Operator, Sum

_OVER_BATCH = "it reduces over the batch"


def minimum(emitter: Emitter) -> Tensor:
    """What is least is largest with the other sign."""
    tensor, _ = emitter.tensor()
    axes = _axes(emitter)
    if axes is None:
        return emitter.add(Identity(), tensor)
    turned = emitter.add(Mul(), tensor, _minus_one(emitter), suffix="negative")
    most = largest(emitter, turned, axes, suffix="largest")
    return emitter.add(Mul(), most, _minus_one(emitter))


def magnitudes(emitter: Emitter) -> Tensor:
    """The sum of the magnitudes."""
    return _sum_of(emitter, Function("Abs"), None)


def squares(emitter: Emitter) -> Tensor:
    """The sum of the squares."""
    return _sum_of(emitter, Mul(), None)


def length(emitter: Emitter) -> Tensor:
    """The root of the sum of the squares."""
    return _sum_of(emitter, Mul(), Function("Sqrt"))


def _sum_of(emitter: Emitter, each: Operator, whole: Operator | None) -> Tensor:
    """A function of every value, their sum, and a function of that."""
    tensor, _ = emitter.tensor()
    axes = _axes(emitter)
    if axes is None:
        raise Refused("it reduces over no axes")
    operands = (tensor, tensor) if isinstance(each, Mul) else (tensor,)
    made = emitter.add(each, *operands, suffix="each")
    total = Sum(axes, keepdims=emitter.attributes.flag("keepdims", default=True))
    if whole is None:
        return emitter.add(total, made)
    return emitter.add(whole, emitter.add(total, made, suffix="sum"))


def _axes(emitter: Emitter) -> tuple[int, ...] | None:
    """The axes of the sample; None where nothing is reduced."""
    _, shape = emitter.tensor()
    axes = emitter.integers("axes", 1)
    if axes:
        return tuple(sorted(sample_axes(axes, shape, _OVER_BATCH)))
    if emitter.attributes.flag("noop_with_empty_axes"):
        return None
    raise Refused(_OVER_BATCH)


def _minus_one(emitter: Emitter) -> Tensor:
    return emitter.hold(np.array(-1, np.float32), "minus_one")
