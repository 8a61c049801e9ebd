"""Remove nodes that do nothing."""

from __future__ import annotations

from tinyml_studio.ir.graph import Graph
from tinyml_studio.ir.ops import Clip, Identity
from tinyml_studio.passes.editor import Editor


def drop_identity(graph: Graph) -> Graph:
    """Remove `Identity` and every `Clip` that limits nothing.

    Requires nothing. Ensures that none is left, except one that hands a constant to an output.
    """
    editor = Editor(graph)
    for node in editor.walk():
        idle = isinstance(node.op, Identity) or (isinstance(node.op, Clip) and not node.op.clamp)
        if idle and not (node.inputs[0] in graph.constants and editor.is_output(node.outputs[0])):
            editor.bypass(node)
    return editor.graph()
