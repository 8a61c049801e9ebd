"""Parts of a network that run on their own: one layer, or all that is behind it."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.ir.build import rebuild
from tinyml_studio.ir.graph import Graph, Node, Port


def behind(graph: Graph, layer: str, output: str) -> Graph | None:
    """What turns the output of a layer into a tensor further on.

    Its inputs are the layer's outputs and whatever else is read, in the order in which it is read.

    Parameters
    ----------
    graph
        A prepared network.
    layer
        A node, or an input of the model.
    output
        The tensor to end with.

    Returns
    -------
    Graph | None
        None where the output does not depend on the layer, or is its own.
    """
    made = set(_outputs(graph, layer))
    if output in made:
        return None
    after: list[Node] = []
    for node in graph.nodes:
        if made & set(node.inputs):
            after.append(node)
            made |= set(node.outputs)
    wanted, kept = {output}, []
    for node in reversed(after):
        if wanted & set(node.outputs):
            kept.append(node)
            wanted |= set(node.inputs)
    if not kept:
        return None
    kept.reverse()
    return _part(graph, kept, (output,))


def alone(graph: Graph, layer: str) -> Graph:
    """One layer as a network: its inputs are what it reads, constants excepted."""
    node = graph.by_name[layer]
    return _part(graph, (node,), node.outputs)


def _outputs(graph: Graph, layer: str) -> tuple[str, ...]:
    if layer in graph.by_name:
        return graph.by_name[layer].outputs
    return tuple(port.tensor for port in graph.inputs if port.name == layer)


def _part(graph: Graph, nodes: Sequence[Node], outputs: Sequence[str]) -> Graph:
    """A network of some nodes whose inputs are all that none of them makes."""
    made = {name for node in nodes for name in node.outputs}
    read = dict.fromkeys(name for node in nodes for name in node.inputs)
    inputs = [name for name in read if name not in made and name not in graph.constants]
    return rebuild(
        graph,
        nodes=nodes,
        inputs=[_port(name, graph.shapes[name]) for name in inputs],
        outputs=[_port(name, graph.shapes[name]) for name in outputs],
    )


def _port(name: str, shape: tuple[int, ...]) -> Port:
    """A port in the graph's own layout."""
    return Port(name, name, shape, tuple(range(len(shape))))
