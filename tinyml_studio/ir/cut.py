"""Parts of a network that run on their own: one layer, all that is behind it, or some at a time."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.ir.build import rebuild
from tinyml_studio.ir.graph import Graph, Node, Port
from tinyml_studio.ir.ops import Opaque
from tinyml_studio.progress import give_way


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
    kept = _needed(after, (output,))
    return _part(graph, kept, (output,)) if kept else None


def alone(graph: Graph, layer: str) -> Graph:
    """One layer as a network: its inputs are what it reads, constants excepted."""
    node = graph.by_name[layer]
    return _part(graph, (node,), node.outputs)


def pieces(graph: Graph, tensors: Sequence[str], most: int) -> tuple[Graph, ...]:
    """What makes some tensors, as networks of at most so many nodes that run one after the other.

    Each reads inputs of the graph and outputs of those before, by the names of the tensors.

    Returns
    -------
    tuple of Graph
        None at all where no more nodes are needed than that, or where they cannot be cut.
    """
    nodes = _needed(graph.nodes, tensors)
    if len(nodes) <= most or any(isinstance(node.op, Opaque) for node in nodes):
        return ()
    if not graph.constants.keys().isdisjoint(tensors):
        return ()
    wanted, parts = set(tensors), []
    for start in range((len(nodes) - 1) // most * most, -1, -most):
        give_way()
        held = nodes[start : start + most]
        made = [name for node in held for name in node.outputs if name in wanted]
        parts.append(_part(graph, held, made))
        wanted.update(name for node in held for name in node.inputs)
    parts.reverse()
    return tuple(parts) if all(part.inputs for part in parts) else ()


def _needed(nodes: Sequence[Node], tensors: Sequence[str]) -> list[Node]:
    """Those of the nodes, in their order, that some tensors depend on."""
    wanted, kept = set(tensors), []
    for node in reversed(nodes):
        if not wanted.isdisjoint(node.outputs):
            kept.append(node)
            wanted.update(node.inputs)
    kept.reverse()
    return kept


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
