"""Keep only the last of consecutive reshapes, and none that changes nothing."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.ir.graph import Graph
from tinyml_studio.ir.ops import Reshape
from tinyml_studio.passes.editor import Editor


def merge_reshapes(graph: Graph) -> Graph:
    """Merge reshapes of reshapes; drop those to the shape that is there already.

    Requires nothing. Ensures that no `Reshape` reads a `Reshape`.
    """
    editor = Editor(graph)
    for node in editor.walk():
        if not isinstance(node.op, Reshape):
            continue
        merged = node
        before = editor.producer(node.inputs[0])
        if before is not None and isinstance(before.op, Reshape):
            merged = editor.replace(node, replace(node, inputs=before.inputs))
        source = merged.inputs[0]
        constant_output = source in graph.constants and editor.is_output(node.outputs[0])
        if graph.shapes.get(source) == node.op.shape and not constant_output:
            editor.bypass(merged)
    return editor.graph()
