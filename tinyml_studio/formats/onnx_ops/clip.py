"""Clip, and Max and Min with a constant number."""

from __future__ import annotations

import math

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Clamp, Clip, Identity

_LARGEST = float(np.finfo(np.float32).max)  # what exporters write for "no limit"


def clip(emitter: Emitter) -> Tensor:
    """Limits are attributes before opset 11 and operands since."""
    low = emitter.scalar("min", 1, -math.inf)
    return _limited(emitter, emitter.tensor()[0], low, emitter.scalar("max", 2, math.inf))


def maximum(emitter: Emitter) -> Tensor:
    """Max(x, number) limits from below."""
    tensor, value = _with_number(emitter)
    return _limited(emitter, tensor, value, math.inf)


def minimum(emitter: Emitter) -> Tensor:
    """Min(x, number) limits from above."""
    tensor, value = _with_number(emitter)
    return _limited(emitter, tensor, -math.inf, value)


def _limited(emitter: Emitter, tensor: Tensor, low: float, high: float) -> Tensor:
    """A Clip, or nothing when nothing is limited."""
    clamp = Clamp(-math.inf if low <= -_LARGEST else low, math.inf if high >= _LARGEST else high)
    if clamp.low > clamp.high:
        raise Refused(f"its lower limit {low} is above its upper limit {high}")
    return emitter.add(Clip(clamp) if clamp else Identity(), tensor)


def _with_number(emitter: Emitter) -> tuple[Tensor, float]:
    """One tensor and one constant number, in any order."""
    if len(emitter.node.inputs) != 2:
        raise Refused("only a tensor and a constant number are supported")
    first = 0 if isinstance(emitter.operand(0), Tensor) else 1
    tensor, shape = emitter.tensor(first)
    array = emitter.weights(1 - first, "second operand")
    if array.size != 1 or array.ndim > len(shape) + 1:
        raise Refused("only a tensor and a constant number are supported")
    return tensor, float(array.item())
