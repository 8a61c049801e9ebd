"""Operators that multiply and add per channel of the last axis, as one pair of vectors."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Node
from tinyml_studio.passes.editor import Editor
from tinyml_studio.passes.kinds import ARITHMETIC

Doubles = NDArray[np.float64]
_FLOAT_MAX = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class Affine:
    """``y = x * scale + bias``, both ``(C,)`` float64, over the last axis of tensor `source`."""

    source: str
    scale: Doubles
    bias: Doubles

    @property
    def does_nothing(self) -> bool:
        """Whether every value stays what it is."""
        return bool((self.scale == 1.0).all() and (self.bias == 0.0).all())

    @property
    def is_uniform(self) -> bool:
        """Whether all channels are treated alike."""
        return bool((self.scale == self.scale[0]).all() and (self.bias == self.bias[0]).all())

    def after(self, first: Affine) -> Affine:
        """`first`, then this, as one."""
        return Affine(first.source, first.scale * self.scale, first.bias * self.scale + self.bias)

    def fits(self) -> bool:
        """Whether both are finite in float32."""
        return in_float32(self.scale) and in_float32(self.bias)


def in_float32(values: Doubles) -> bool:
    """Whether values are finite and stay so in float32."""
    return bool((np.abs(values) <= _FLOAT_MAX).all())


def as_affine(editor: Editor, node: Node) -> Affine | None:
    """A node as an `Affine` without its clamp; ``None`` when it is something else.

    A `ChannelAffine`; or a sum, difference or product with one constant that is a scalar or has one
    value per element of the last axis and adds no axes.
    """
    if isinstance(node.op, ops.ChannelAffine):
        return Affine(node.inputs[0], double(node.op.scale), double(node.op.bias))
    if not isinstance(node.op, ARITHMETIC):
        return None
    constants = [name for name in node.inputs if name in editor.constants]
    if len(constants) != 1:
        return None
    source = next(name for name in node.inputs if name not in editor.constants)
    shape, value = editor.shapes.get(source), editor.constants[constants[0]]
    if not shape or shape != editor.shapes.get(node.outputs[0]) or prod(value.shape[:-1]) != 1:
        return None
    return _of_constant(node, source, np.broadcast_to(double(value).reshape(-1), shape[-1:]))


def _of_constant(node: Node, source: str, value: Doubles) -> Affine:
    """What adding, subtracting or multiplying by a constant per channel does."""
    ones, zeros = np.ones(value.shape), np.zeros(value.shape)
    if isinstance(node.op, ops.Mul):
        return Affine(source, value, zeros)
    if isinstance(node.op, ops.Add):
        return Affine(source, ones, value)
    if node.inputs[0] == source:
        return Affine(source, ones, -value)
    return Affine(source, -ones, value)


def double(values: NDArray[Any]) -> Doubles:
    """The values in float64."""
    return values.astype(np.float64)
