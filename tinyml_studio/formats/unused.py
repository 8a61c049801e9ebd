"""Nodes that no output needs, such as shape arithmetic that has been evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tinyml_studio.ir.graph import Node


def needed_nodes(nodes: Sequence[Node], outputs: Iterable[str]) -> tuple[Node, ...]:
    """The nodes, in order, that the outputs depend on.

    Parameters
    ----------
    nodes
        In topological order.
    outputs
        Tensors that leave the graph.
    """
    needed = set(outputs)
    kept: list[Node] = []
    for node in reversed(nodes):
        if not needed.isdisjoint(node.outputs):
            kept.append(node)
            needed.update(node.inputs)
    return tuple(reversed(kept))
