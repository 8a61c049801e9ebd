"""Remove a transposition in front of a flattening by reordering the weights behind it."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.passes.editor import Editor
from tinyml_studio.passes.kinds import BINARY, UNARY

Order = NDArray[np.intp]


def permute_dense(graph: Graph) -> Graph:
    """Remove each `Transpose` whose elements all end, flattened, in `Dense` layers.

    Between the flattening and the Dense layers there may be unary operators, multiply-adds per
    element, constants of one or all elements, further reshapes that keep the vector, and
    concatenations with other vectors. Requires that transpositions have been moved down. Ensures
    that no private Transpose stands in front of such a flattening.
    """
    editor = Editor(graph)
    for node in editor.walk():
        before = editor.producer(node.inputs[0]) if isinstance(node.op, ops.Reshape) else None
        if before is None or not isinstance(before.op, ops.Transpose):
            continue
        shape = editor.shapes.get(before.inputs[0])
        if shape is None or editor.shapes[node.outputs[0]][-1:] != (prod(shape),):
            continue
        order = np.arange(prod(shape)).reshape(shape).transpose(before.op.perm).ravel()
        changes: dict[str, Node] = {}
        if _collect(editor, node.outputs[0], order, changes):
            editor.replace(node, replace(node, inputs=before.inputs))
            for name, new in changes.items():
                editor.replace(editor.node(name), new)
    return editor.graph()


def _collect(editor: Editor, tensor: str, order: Order, changes: dict[str, Node]) -> bool:
    """Find what must change when the elements of a vector stand in another order.

    Element ``k`` of the old vector is element ``order[k]`` of the new one. Fills `changes` with
    the new nodes; says whether every reader could be changed.
    """
    if editor.is_output(tensor):
        return False
    return all(_change(editor, node, tensor, order, changes) for node in editor.readers(tensor))


def _change(
    editor: Editor, node: Node, tensor: str, order: Order, changes: dict[str, Node]
) -> bool:
    """Change one reader of a reordered vector; says whether that is possible."""
    node = changes.get(node.name, node)
    if isinstance(node.op, ops.Dense):
        changes[node.name] = replace(
            node, op=replace(node.op, weight=_reordered(node.op.weight, order))
        )
        return True
    if isinstance(node.op, ops.Concat):
        joined = _joined(editor, node, tensor, order)
        return joined is not None and _collect(editor, node.outputs[0], joined, changes)
    if isinstance(node.op, ops.ChannelAffine):
        scale, bias = _reordered(node.op.scale, order), _reordered(node.op.bias, order)
        changes[node.name] = replace(node, op=replace(node.op, scale=scale, bias=bias))
    elif isinstance(node.op, BINARY):
        inputs = _reordered_constants(editor, node, order)
        if inputs is None:
            return False
        changes[node.name] = replace(node, inputs=inputs)
    elif not isinstance(node.op, (*UNARY, ops.Reshape)):
        return False
    shape = editor.shapes[node.outputs[0]]
    vector = shape[-1:] == order.shape and prod(shape) == order.size
    return vector and _collect(editor, node.outputs[0], order, changes)


def _reordered(values: NDArray[np.float32], order: Order) -> NDArray[np.float32]:
    """Values whose last axis stands in the new order."""
    moved = np.empty_like(values)
    moved[..., order] = values
    return moved


def _joined(editor: Editor, node: Node, tensor: str, order: Order) -> Order | None:
    """The order of a concatenation of which one operand is reordered."""
    axis: Any = getattr(node.op, "axis", 0)
    shapes = [editor.shapes[name] for name in node.inputs if name in editor.shapes]
    if len(shapes) < len(node.inputs) or axis != len(shapes[0]) - 1:
        return None
    if node.inputs.count(tensor) != 1:
        return None
    start = sum(shape[axis] for shape in shapes[: node.inputs.index(tensor)])
    joined = np.arange(sum(shape[axis] for shape in shapes))
    joined[start : start + order.size] = order + start
    return joined


def _reordered_constants(editor: Editor, node: Node, order: Order) -> tuple[str, ...] | None:
    """Operands with the constant one reordered; ``None`` when there is no constant."""
    inputs = list(node.inputs)
    constants = [at for at, name in enumerate(inputs) if name in editor.constants]
    if len(constants) != 1:
        return None
    name = inputs[constants[0]]
    value = editor.constants[name]
    if value.size not in (1, order.size):
        return None
    if value.size != 1:
        inputs[constants[0]] = editor.add_constant(
            f"{name}/reordered", _reordered(value, order), of=name
        )
    return tuple(inputs)
