"""A graph that is being rewritten by a pass, before it is frozen again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.ir.build import rebuild
from tinyml_studio.ir.graph import Graph, Node


class Names:
    """Gives out readable names that nothing else has."""

    def __init__(self, graph: Graph) -> None:
        self._used = {node.name for node in graph.nodes} | set(graph.constants)
        self._used |= {tensor for node in graph.nodes for tensor in node.outputs}
        self._used |= {port.tensor for port in graph.inputs}

    def fresh(self, wish: str) -> str:
        """`wish` itself, or with a number behind it when it is taken."""
        name, number = wish, 2
        while name in self._used:
            name, number = f"{wish}_{number}", number + 1
        self._used.add(name)
        return name


class Editor:
    """Nodes of a graph in order, with producers and readers kept up to date.

    Replacing and removing nodes keeps the topological order: a node may only be replaced by one
    that reads tensors made before it.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._nodes: dict[int, Node] = {}
        self._slots: dict[str, int] = {}
        self._producers: dict[str, str] = {}
        self._readers: dict[str, dict[str, None]] = {}
        for slot, node in enumerate(graph.nodes):
            self._attach(slot, node)
        self.outputs = graph.outputs
        self.constants = dict(graph.constants)
        self.shapes = dict(graph.shapes)
        self.names = Names(graph)
        self._copies: dict[str, str] = {}
        self._changed = False

    def walk(self) -> Iterator[Node]:
        """Every node as it stands when its turn comes, in order; removed ones are skipped."""
        for slot in list(self._nodes):
            if slot in self._nodes:
                yield self._nodes[slot]

    def producer(self, tensor: str) -> Node | None:
        """The node that makes a tensor; ``None`` for inputs and constants."""
        name = self._producers.get(tensor)
        return None if name is None else self._nodes[self._slots[name]]

    def node(self, name: str) -> Node:
        """The node of that name as it stands."""
        return self._nodes[self._slots[name]]

    def readers(self, tensor: str) -> tuple[Node, ...]:
        """The nodes that read a tensor."""
        return tuple(self._nodes[self._slots[name]] for name in self._readers.get(tensor, {}))

    def is_output(self, tensor: str) -> bool:
        """Whether a tensor leaves the graph."""
        return any(port.tensor == tensor for port in self.outputs)

    def is_private(self, tensor: str) -> bool:
        """Whether one node reads a tensor and nothing else sees it."""
        return len(self._readers.get(tensor, {})) == 1 and not self.is_output(tensor)

    def replace(self, node: Node, new: Node) -> Node:
        """Put `new` where `node` is; returns `new`."""
        self._attach(self._detach(node), new)
        return new

    def exchange(self, first: Node, second: Node, *, by: tuple[Node, Node]) -> None:
        """Put two new nodes where two others are."""
        places = self._detach(first), self._detach(second)
        for place, new in zip(places, by, strict=True):
            self._attach(place, new)

    def remove(self, node: Node) -> None:
        """Take a node away; what it made has another producer, or no reader any more."""
        self._detach(node)

    def _detach(self, node: Node) -> int:
        """Take a node out; returns its place."""
        self._changed = True
        slot = self._slots.pop(node.name)
        del self._nodes[slot]
        for tensor in node.outputs:
            if self._producers.get(tensor) == node.name:
                del self._producers[tensor]
        for tensor in node.inputs:
            self._readers.get(tensor, {}).pop(node.name, None)
        return slot

    def _attach(self, slot: int, node: Node) -> None:
        """Put a node in a free place."""
        self._nodes[slot] = node
        self._slots[node.name] = slot
        self._producers.update(dict.fromkeys(node.outputs, node.name))
        for tensor in node.inputs:
            self._readers.setdefault(tensor, {})[node.name] = None

    def bypass(self, node: Node, *, source: str | None = None) -> None:
        """Take away a node that does nothing: whoever read its output reads `source`.

        `source` is its first input unless another is given.
        """
        source, made = source or node.inputs[0], node.outputs[0]
        for reader in self.readers(made):
            inputs = tuple(source if tensor == made else tensor for tensor in reader.inputs)
            self.replace(reader, replace(reader, inputs=inputs))
        self.outputs = tuple(
            replace(port, tensor=source) if port.tensor == made else port for port in self.outputs
        )
        self.remove(node)

    def add_constant(self, wish: str, value: FloatArray, *, of: str) -> str:
        """A constant with the values of another; returns its name."""
        name = self.names.fresh(wish)
        self._copies[name] = self._copies.get(of, of)
        self.constants[name] = value
        self.shapes[name] = value.shape
        return name

    def graph(self) -> Graph:
        """The graph as rewritten; the very graph that came in when nothing changed."""
        if not self._changed:
            return self._graph
        return rebuild(
            self._graph,
            nodes=[self._nodes[slot] for slot in sorted(self._nodes)],
            outputs=self.outputs,
            constants=self.constants,
            copies=self._copies,
        )
