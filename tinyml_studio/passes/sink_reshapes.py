"""Move reshapes behind elementwise operators, so that those stand beside their producers."""

from __future__ import annotations

from dataclasses import replace
from math import prod

from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import ChannelAffine, Reshape
from tinyml_studio.passes.editor import Editor
from tinyml_studio.passes.kinds import BINARY, UNARY


def sink_reshapes(graph: Graph) -> Graph:
    """Swap a `Reshape` that one elementwise operator reads with that operator.

    Goes past unary operators always, and past a `ChannelAffine`, or a sum, difference or product
    with one constant per channel, when the last axis keeps its length. Requires nothing. Ensures
    that no such pair is left, so that a convolution, squeeze, bias, Relu becomes a convolution
    with its bias and Relu beside it.
    """
    editor = Editor(graph)
    for node in editor.walk():
        if _indifferent(graph, node):
            _swap(graph, editor, node)
    return editor.graph()


def _swap(graph: Graph, editor: Editor, node: Node) -> None:
    """Put the reshape that feeds `node` behind it, if there is one that may go there."""
    tensor = next(name for name in node.inputs if name not in graph.constants)
    before = editor.producer(tensor)
    if before is None or not isinstance(before.op, Reshape) or not editor.is_private(tensor):
        return
    old, new = editor.shapes.get(before.inputs[0]), before.op.shape
    if old is None or not (isinstance(node.op, UNARY) or old[-1:] == new[-1:]):
        return
    made = editor.names.fresh(f"{node.outputs[0]}/before_reshape")
    editor.shapes[made] = old
    operands = {tensor: before.inputs[0]}
    for name in set(node.inputs) - {tensor}:
        operands[name] = _as_vector(editor, name)
    moved = replace(node, inputs=tuple(operands[name] for name in node.inputs), outputs=(made,))
    reshape = replace(before, inputs=(made,), outputs=node.outputs)
    editor.exchange(before, node, by=(moved, reshape))


def _as_vector(editor: Editor, constant: str) -> str:
    """A constant with one value per channel without its axes of length 1 in front."""
    value = editor.constants[constant]
    if value.ndim <= 1:
        return constant
    return editor.add_constant(f"{constant}/channels", value.reshape(-1), of=constant)


def _indifferent(graph: Graph, node: Node) -> bool:
    """Whether an operator treats all values, or all values of a channel, alike."""
    if isinstance(node.op, (*UNARY, ChannelAffine)):
        return node.inputs[0] not in graph.constants
    if not isinstance(node.op, BINARY):
        return False
    constants = [name for name in node.inputs if name in graph.constants]
    return len(constants) == 1 and _per_channel(graph, node, constants[0])


def _per_channel(graph: Graph, node: Node, constant: str) -> bool:
    """Whether a constant has a value per channel, or one for all, and adds no axes."""
    shape = graph.constants[constant].shape
    other = next(name for name in node.inputs if name != constant)
    keeps = graph.shapes.get(other) == graph.shapes.get(node.outputs[0])
    return keeps and prod(shape[:-1]) == 1
