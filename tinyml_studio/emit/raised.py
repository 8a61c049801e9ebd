"""Weights of 9 bits as 8 bits and a number: uint8 weights of a file, around its zero point.

Kernels on blocks then have channels of ones in front, as `conv2d_blocks.c` says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from tinyml_studio.arith.inttype import INT8, Int64Array
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.weighted import Weighted, weighted_binding
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D, FullyConnected
from tinyml_studio.program.program import Program

_Raised = TypeVar("_Raised", Conv2D, DepthwiseConv2D, FullyConnected)


def raised_by(item: Weighted) -> int | None:
    """What all weights exceed numbers of 8 bits by; None where there is no such number."""
    least, most = int(item.weights.min()), int(item.weights.max())
    if most - least > INT8.max - INT8.min:
        return None
    return most - INT8.max if most > INT8.max else min(0, least - INT8.min)


def lowered(item: _Raised) -> _Raised:
    """The layer with weights of 8 bits."""
    number = raised_by(item)
    if item.weight_type.bits <= INT8.bits or number is None:
        return item
    weights = (item.weights.astype(np.int64) - number).astype(np.int8)
    return replace(item, weights=weights, weight_type=INT8)


def bytewise(item: _Raised, channels: int) -> _Raised:
    """The layer with weights of 8 bits, behind so many channels of ones if those are needed."""
    held = lowered(item)
    if item.weight_type.bits <= INT8.bits or not raised_by(item):
        return held
    ones = np.ones((channels, *item.weights.shape[1:]), np.int8)
    return replace(held, weights=np.concatenate([ones, held.weights]))


def raised_columns(item: Weighted, columns: Int64Array, channels: int) -> Int64Array:
    """Bias, multiplier and shift, ``(3, O)``, behind those of the channels of ones."""
    number = raised_by(item) if item.weight_type.bits > INT8.bits else 0
    if not number:
        return columns
    front = np.repeat(np.array([[0], [number], [0]], np.int64), channels, axis=1)
    return np.concatenate([front, columns], axis=1)


def block_binding(program: Program, item: Weighted) -> Binding:
    """Types of a kernel on blocks, for weights of 8 bits and fewer."""
    binding = weighted_binding(program, item)
    if item.weight_type.bits <= INT8.bits:
        return binding
    return replace(binding, weights=INT8, raised=bool(raised_by(item)))
