"""Operators that treat every element alone: arithmetic of two tensors and affine scaling."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.formats.writer.draft import Draft
from tinyml_studio.formats.writer.layout import Layout, sample_perm
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import (
    Add,
    ChannelAffine,
    Div,
    Maximum,
    Minimum,
    Mul,
    PRelu,
    SquaredDifference,
    Sub,
)


def write_binary(draft: Draft, node: Node, op: Add | Sub | Mul | Div) -> None:
    """Add, Sub, Mul or Div in the layout that one of the operands already has."""
    layout, operands = _operands(draft, node)
    name = draft.add(op.kind, operands)
    draft.write(node.outputs[0], draft.clamped(name, op.clamp), layout)


def write_squared_difference(draft: Draft, node: Node, op: SquaredDifference) -> None:
    """Sub, and Mul with itself."""
    del op
    layout, operands = _operands(draft, node)
    difference = draft.add("Sub", operands)
    draft.write(node.outputs[0], draft.add("Mul", [difference, difference]), layout)


def write_prelu(draft: Draft, node: Node, op: PRelu) -> None:
    """PRelu; a slope broadcasts to the input in ONNX too."""
    del op
    layout, operands = _operands(draft, node)
    draft.write(node.outputs[0], draft.add("PRelu", operands), layout)


def write_extremum(draft: Draft, node: Node, op: Maximum | Minimum) -> None:
    """Max or Min in the layout that one of the operands already has."""
    layout, operands = _operands(draft, node)
    name = draft.add("Max" if isinstance(op, Maximum) else "Min", operands)
    draft.write(node.outputs[0], name, layout)


def write_channel_affine(draft: Draft, node: Node, op: ChannelAffine) -> None:
    """Mul and Add with one factor and one offset per channel."""
    rank = draft.rank(node.inputs[0])
    layout = draft.preferred(node.inputs[0])
    scale, offset = (draft.floats(broadcast(held, rank, layout)) for held in (op.scale, op.bias))
    scaled = draft.add("Mul", [draft.read(node.inputs[0], layout), scale])
    name = draft.add("Add", [scaled, offset])
    draft.write(node.outputs[0], draft.clamped(name, op.clamp), layout)


def _operands(draft: Draft, node: Node) -> tuple[Layout, list[str]]:
    """Both operands, aligned in a layout that they share."""
    rank = max(map(draft.rank, node.inputs))
    layout = _shared_layout(draft, node.inputs, rank)
    operands = [_aligned(draft, tensor, rank, layout) for tensor in node.inputs]
    constant = draft.constant_operand(node.inputs[0])
    if constant is not None and draft.constant_operand(node.inputs[1]) is not None:
        shape = draft.shape(node.outputs[0])
        operands[0] = draft.repeated(node.inputs[0], lambda held: np.broadcast_to(held, shape))
    return layout, operands


def _shared_layout(draft: Draft, tensors: tuple[str, ...], rank: int) -> Layout:
    """Channels first when an operand of full rank is made so; shorter operands align last."""
    activations = [tensor for tensor in tensors if draft.constant_operand(tensor) is None]
    if any(draft.rank(tensor) != rank for tensor in activations):
        return Layout.LAST
    first = any(draft.preferred(tensor) is Layout.FIRST for tensor in activations)
    return Layout.FIRST if first else Layout.LAST


def _aligned(draft: Draft, tensor: str, rank: int, layout: Layout) -> str:
    """An operand with its sample axes counted from the last, so that the batch axis is first."""
    if draft.constant_operand(tensor) is not None:
        return draft.constant(tensor, lambda held: broadcast(held, rank, layout))
    missing = rank - draft.rank(tensor)
    if not missing:
        return draft.read(tensor, layout)
    return draft.add("Unsqueeze", [draft.read(tensor), draft.integers(range(1, missing + 1))])


def broadcast(constant: NDArray[Any], rank: int, layout: Layout) -> NDArray[Any]:
    """A constant that broadcasts along ``(N, ...)`` as it does along one sample."""
    full = constant.reshape((1,) * (rank - constant.ndim) + constant.shape)
    return full.transpose(sample_perm(rank, layout))[np.newaxis]
