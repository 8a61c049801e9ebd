"""Operators of ours that work along the last axis, where the file has another one."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Operator, Shape, Transpose


def add_along(emitter: Emitter, op: Operator, tensor: Tensor, shape: Shape, axis: int) -> Tensor:
    """Add the operator along an axis of the sample, which is the last one while it works."""
    last = len(shape) - 1
    if axis == last:
        return emitter.add(op, tensor)
    swap = (*range(axis), last, *range(axis + 1, last), axis)
    turned = emitter.add(Transpose(swap), tensor, suffix="turned")
    return emitter.add(Transpose(swap), emitter.add(op, turned), suffix="turned_back")
