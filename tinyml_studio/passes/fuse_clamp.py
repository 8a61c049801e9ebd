"""Let operators limit their own output: Relu and Clip disappear into them."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.ir.graph import Graph
from tinyml_studio.ir.ops import Clamp, Clip
from tinyml_studio.passes.editor import Editor
from tinyml_studio.passes.kinds import CLAMPED


def fuse_clamp(graph: Graph) -> Graph:
    """Fuse each `Clip` into its producer when nothing else sees the producer's output.

    The fused node has the producer's name and makes the Clip's tensor; consecutive Clips become
    one. Requires nothing. Ensures that a Clip stands only behind an operator without a clamp of its
    own, or behind a tensor that someone else reads too, or that a quantized file puts on a grid of
    its own.
    """
    editor = Editor(graph)
    for node in editor.walk():
        if not isinstance(node.op, Clip):
            continue
        producer = editor.producer(node.inputs[0])
        if producer is None or not editor.is_private(node.inputs[0]):
            continue
        if graph.found is not None and not graph.found.may_join(node.inputs[0], node.outputs[0]):
            continue
        if isinstance(producer.op, (*CLAMPED, Clip)):
            fused = replace(producer.op, clamp=clamp_twice(producer.op.clamp, node.op.clamp))
            editor.remove(node)
            editor.replace(producer, replace(producer, op=fused, outputs=node.outputs))
    return editor.graph()


def clamp_twice(first: Clamp, second: Clamp) -> Clamp:
    """One clamp for two in a row; disjoint intervals leave the nearer end of the second."""
    low = min(max(first.low, second.low), second.high)
    high = min(max(first.high, second.low), second.high)
    return Clamp(low, high)
