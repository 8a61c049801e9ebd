"""Keep the file's own tensor names where a reader had to wrap an operator in transpositions."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import Transpose
from tinyml_studio.passes.editor import Editor
from tinyml_studio.passes.kinds import CHANNELS_LAST


def keep_names(graph: Graph) -> Graph:
    """Give the output of a channels-last operator the name of its transposition.

    That is the name in the file; the transposition, which will vanish, gets another. Requires
    nothing. Ensures the same network up to the names of tensors.
    """
    editor = Editor(graph)
    for node in editor.walk():
        before = editor.producer(node.inputs[0]) if isinstance(node.op, Transpose) else None
        if before is None or not isinstance(before.op, CHANNELS_LAST):
            continue
        held, name = before.outputs[0], node.outputs[0]
        derived = name.startswith(f"{held}/")  # by this pass, or by one that adds transpositions
        if not derived and editor.is_private(held):
            _swap_names(editor, before, node)
    return editor.graph()


def _swap_names(editor: Editor, producer: Node, node: Node) -> None:
    """Let the producer make the tensor of that name, and the transposition a new one."""
    name = node.outputs[0]
    moved = editor.names.fresh(f"{name}/moved")
    readers = editor.readers(name)
    turned = replace(node, inputs=(name,), outputs=(moved,))
    editor.exchange(producer, node, by=(replace(producer, outputs=(name,)), turned))
    for reader in readers:
        inputs = tuple(moved if tensor == name else tensor for tensor in reader.inputs)
        editor.replace(reader, replace(reader, inputs=inputs))
    editor.outputs = tuple(
        replace(port, tensor=moved) if port.tensor == name else port for port in editor.outputs
    )
