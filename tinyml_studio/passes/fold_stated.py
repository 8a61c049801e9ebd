"""Fold multiply-adds per channel into layers whose weights a quantized file states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, width_of
from tinyml_studio.ir.found import FoundWeights
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import NO_CLAMP, Conv, Dense
from tinyml_studio.passes.affine import Affine, Doubles, as_affine, double, in_float32
from tinyml_studio.passes.editor import Editor


def fold_stated(graph: Graph) -> Graph:
    """Fold a batch norm or a bias into the layer in front, where nothing is rounded between them.

    The integers of the weights stay, but for their signs: the factor of a channel goes into its
    scale. Requires what a quantized file states. Ensures that no multiply-add per channel reads a
    private tensor without a grid that a layer without a clamp makes, unless folding would leave
    float32.
    """
    if graph.found is None:
        return graph
    editor, weights = Editor(graph), dict(graph.found.weights)
    for node in editor.walk():
        affine = as_affine(editor, node)
        if affine is None or graph.found.states(affine.source):
            continue
        before = editor.producer(affine.source)
        if before is None or not editor.is_private(affine.source):
            continue
        if isinstance(before.op, Conv | Dense) and not before.op.clamp:
            _fold(editor, before, node, affine, weights)
    folded = editor.graph()
    if folded is graph or folded.found is None:
        return graph
    return replace(folded, found=replace(folded.found, weights=weights))


def _fold(
    editor: Editor, before: Node, node: Node, affine: Affine, weights: dict[str, FoundWeights]
) -> None:
    """Replace two nodes by one."""
    if not isinstance(before.op, Conv | Dense):
        return
    bias = double(before.op.bias) * affine.scale + affine.bias
    held = weights.get(before.name)
    weight, stated = _scaled(double(before.op.weight), affine.scale, held)
    if not (in_float32(weight) and in_float32(bias)):
        return
    op = replace(
        before.op,
        weight=_single(weight),
        bias=_single(bias),
        clamp=getattr(node.op, "clamp", NO_CLAMP),
    )
    editor.remove(node)
    editor.replace(before, Node(before.name, op, before.inputs, node.outputs))
    if stated is not None:
        weights[before.name] = stated


def _scaled(
    weight: Doubles, factor: Doubles, held: FoundWeights | None
) -> tuple[Doubles, FoundWeights | None]:
    """Weights ``(O, ...)`` times a factor ``(O,)``, and what is stated about them then."""
    ones = (-1, *(1,) * (weight.ndim - 1))
    if held is None:
        return weight * factor.reshape(ones), None
    scale = np.broadcast_to(held.scale, factor.shape)
    integers = np.rint(weight / scale.reshape(ones)) * np.sign(factor).reshape(ones)
    # a channel that becomes zero keeps its scale, which nobody needs
    moved = np.where(factor == 0.0, scale, scale * np.abs(factor))
    moved = _single(moved).astype(np.float64)
    if (moved == moved[0]).all():
        moved = moved[:1]
    width = max(held.width, held.bits, width_of(integers)) if held.bits > 1 else 1
    stated = replace(held, scale=moved, bias=None, width=width)
    return integers * np.broadcast_to(moved, factor.shape).reshape(ones), stated


def _single(values: Doubles) -> FloatArray:
    """The values in float32."""
    return values.astype(np.float32)
