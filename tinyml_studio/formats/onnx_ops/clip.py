"""Clip, Max and Min."""

from __future__ import annotations

import math

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.broadcast import both_operands, next_operand
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.ir.ops import Clamp, Clip, Identity, Maximum, Minimum

_LARGEST = float(np.finfo(np.float32).max)  # what exporters write for "no limit"


def clip(emitter: Emitter) -> Tensor:
    """Limits are attributes before opset 11 and operands since."""
    low = emitter.scalar("min", 1, -math.inf)
    return _limited(emitter, emitter.tensor()[0], low, emitter.scalar("max", 2, math.inf))


def maximum(emitter: Emitter) -> Tensor:
    """Max(x, number) limits from below; of tensors it is Maximum, two at a time."""
    found = _with_number(emitter)
    if found is None:
        return _in_pairs(emitter, Maximum())
    return _limited(emitter, found[0], found[1], math.inf)


def minimum(emitter: Emitter) -> Tensor:
    """Min(x, number) limits from above; of tensors it is Minimum, two at a time."""
    found = _with_number(emitter)
    if found is None:
        return _in_pairs(emitter, Minimum())
    return _limited(emitter, found[0], -math.inf, found[1])


def _limited(emitter: Emitter, tensor: Tensor, low: float, high: float) -> Tensor:
    """A Clip, or nothing when nothing is limited."""
    clamp = Clamp(-math.inf if low <= -_LARGEST else low, math.inf if high >= _LARGEST else high)
    if clamp.low > clamp.high:
        raise Refused(f"its lower limit {low} is above its upper limit {high}")
    return emitter.add(Clip(clamp) if clamp else Identity(), tensor)


def _with_number(emitter: Emitter) -> tuple[Tensor, float] | None:
    """One tensor and one constant number, in any order; None for anything else."""
    if len(emitter.node.inputs) != 2:
        return None
    first = 0 if isinstance(emitter.operand(0), Tensor) else 1
    other = emitter.operand(1 - first)
    tensor, shape = emitter.tensor(first)
    if not isinstance(other, Known) or other.array.size != 1 or other.array.ndim > len(shape) + 1:
        return None
    return tensor, float(emitter.weights(1 - first, "second operand").item())


def _in_pairs(emitter: Emitter, op: Maximum | Minimum) -> Tensor:
    """Any number of operands, constants among them."""
    count = len(emitter.node.inputs)
    if count == 0:
        raise Malformed("it has no operands")
    if count == 1:
        return emitter.add(Identity(), emitter.tensor()[0])
    result = emitter.add(op, *both_operands(emitter), suffix="" if count == 2 else "1")
    for index in range(2, count):
        operand = next_operand(emitter, index, result)
        result = emitter.add(op, result, operand, suffix="" if index == count - 1 else str(index))
    return result
