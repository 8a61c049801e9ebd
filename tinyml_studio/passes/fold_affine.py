"""Fold per-channel multiply-adds (batch norms, biases, normalisations) into their neighbours."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import (
    NO_CLAMP,
    ChannelAffine,
    Clamp,
    Conv,
    ConvTranspose,
    Dense,
    Operator,
    Reshape,
    Shape,
)
from tinyml_studio.passes.affine import Affine, Doubles, as_affine, double, in_float32
from tinyml_studio.passes.editor import Editor


def fold_affine(graph: Graph) -> Graph:
    """Fold each multiply-add per channel where it costs nothing; products in float64.

    In this order: dropped when it changes nothing; into the convolution, fully connected layer or
    multiply-add in front, when that has no clamp and nothing else sees its output (the layer in
    front keeps its name and makes the folded node's tensor); into the convolution or fully
    connected layer behind, when that is the only reader, and either nothing is padded or nothing
    is added. What is left stays as it is: a batch norm between a Relu and a padded convolution
    remains a `ChannelAffine`.

    Requires nothing. Ensures that no `ChannelAffine` without a clamp reads a private `Conv` or
    `Dense` without one, unless folding would overflow float32.
    """
    editor = Editor(graph)
    for node in editor.walk():
        affine = as_affine(editor, node)
        if affine is not None:
            _fold(editor, node, affine)
    return editor.graph()


def _fold(editor: Editor, node: Node, affine: Affine) -> None:
    """Fold one node, if it can be."""
    clamp = getattr(node.op, "clamp", NO_CLAMP)
    if affine.does_nothing and not clamp:
        editor.bypass(node, source=affine.source)
    elif not _fold_back(editor, node, affine) and not clamp:
        _fold_ahead(editor, node, affine)


def _fold_back(editor: Editor, node: Node, affine: Affine) -> bool:
    """Fold into the producer; says whether it was possible."""
    before = editor.producer(affine.source)
    if before is None or not editor.is_private(affine.source):
        return False
    if getattr(before.op, "clamp", NO_CLAMP):
        return False
    clamp = getattr(node.op, "clamp", NO_CLAMP)
    op: Operator | None = None
    inputs = before.inputs
    if isinstance(before.op, Conv | ConvTranspose | Dense):
        op = _scaled_output(before.op, affine, clamp)
    elif (first := as_affine(editor, before)) is not None:
        both = affine.after(first)
        if not _wasteful(both, editor.shapes.get(affine.source)):
            op, inputs = _merged(both, clamp), (first.source,)
    if op is None:
        return False
    editor.remove(node)
    editor.replace(before, Node(before.name, op, inputs, node.outputs))
    return True


def _fold_ahead(editor: Editor, node: Node, affine: Affine) -> None:
    """Fold into the convolution or fully connected layer behind, also behind reshapes."""
    tensor = node.outputs[0]
    shape = editor.shapes.get(tensor)
    if shape is None:
        return
    scale, bias = np.broadcast_to(affine.scale, shape), np.broadcast_to(affine.bias, shape)
    reader = _only_reader(editor, tensor)
    while reader is not None and isinstance(reader.op, Reshape):
        scale, bias = scale.reshape(reader.op.shape), bias.reshape(reader.op.shape)
        reader = _only_reader(editor, reader.outputs[0])
    if reader is None or not isinstance(reader.op, Conv | Dense):
        return
    channels = _channels(scale), _channels(bias)
    if channels[0] is None or channels[1] is None:
        return
    op = _scaled_input(reader.op, channels[0], channels[1])
    if op is not None:
        editor.replace(reader, replace(reader, op=op))
        editor.bypass(node, source=affine.source)


def _only_reader(editor: Editor, tensor: str) -> Node | None:
    """The one node that sees a tensor."""
    return editor.readers(tensor)[0] if editor.is_private(tensor) else None


def _scaled_output(
    op: Conv | ConvTranspose | Dense, affine: Affine, clamp: Clamp
) -> Operator | None:
    """The layer and an affine behind it as one layer."""
    weight = double(op.weight) * affine.scale.reshape(-1, *(1,) * (op.weight.ndim - 1))
    bias = double(op.bias) * affine.scale + affine.bias
    if not (in_float32(weight) and in_float32(bias)):
        return None
    return replace(op, weight=_single(weight), bias=_single(bias), clamp=clamp)


def _scaled_input(op: Conv | Dense, scale: Doubles, bias: Doubles) -> Operator | None:
    """An affine and the layer behind it as one layer."""
    if isinstance(op, Conv) and bias.any() and any(sum(pair) for pair in op.pads):
        return None  # the padding would have to be -bias / scale
    groups = op.groups if isinstance(op, Conv) else 1
    filters = op.weight.shape[0]
    per_filter = (filters, *(1,) * (op.weight.ndim - 2), -1)
    weight = double(op.weight) * _for_filters(scale, filters, groups).reshape(per_filter)
    added = double(op.weight) * _for_filters(bias, filters, groups).reshape(per_filter)
    moved = double(op.bias) + added.reshape(filters, -1).sum(axis=1)
    if not (in_float32(weight) and in_float32(moved)):
        return None
    return replace(op, weight=_single(weight), bias=_single(moved))


def _for_filters(channels: Doubles, filters: int, groups: int) -> Doubles:
    """``(I,)`` to ``(O, I / groups)``: the input channels that each filter reads."""
    return np.repeat(channels.reshape(groups, -1), filters // groups, axis=0)


def _merged(affine: Affine, clamp: Clamp) -> Operator | None:
    """An affine as an operator of its own."""
    if not affine.fits():
        return None
    return ChannelAffine(_single(affine.scale), _single(affine.bias), clamp)


def _wasteful(affine: Affine, shape: Shape | None) -> bool:
    """Whether a `ChannelAffine` would store one scalar anew for every element of a vector."""
    is_vector = shape is not None and prod(shape[:-1]) == 1
    return is_vector and affine.scale.size > 1 and affine.is_uniform


def _channels(values: Doubles) -> Doubles | None:
    """The vector along the last axis when all positions hold the same one."""
    if values.ndim == 0:
        return None
    rows = values.reshape(-1, values.shape[-1])
    return rows[0] if (rows == rows[0]).all() else None


def _single(values: Doubles) -> FloatArray:
    """The values in float32."""
    return values.astype(np.float32)
