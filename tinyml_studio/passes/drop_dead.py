"""Remove nodes that no output needs."""

from __future__ import annotations

from tinyml_studio.ir.build import rebuild
from tinyml_studio.ir.graph import Graph


def drop_dead(graph: Graph) -> Graph:
    """Remove nodes from which no output can be reached; the inputs of the model all stay.

    Requires nothing. Ensures that an output of every node is read or leaves the graph.
    """
    needed = set(graph.output_tensors)
    kept = []
    for node in reversed(graph.nodes):
        if needed.intersection(node.outputs):
            needed.update(node.inputs)
            kept.append(node)
    if len(kept) == len(graph.nodes):
        return graph
    return rebuild(graph, nodes=kept[::-1])
