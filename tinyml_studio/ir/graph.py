"""The float network: nodes in topological order between named tensors, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.ir.found import FoundQuantization
from tinyml_studio.ir.ops import Operator, Shape


@dataclass(frozen=True, eq=False)
class Node:
    """One operator between named tensors; `name` is unique in its graph and shown as the layer."""

    name: str
    op: Operator
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Port:
    """An input or output of the model, and how its own layout maps to the graph's tensor.

    Parameters
    ----------
    name
        The model's own name for it.
    tensor
        The graph's tensor.
    shape
        Shape of one sample in the model's own layout.
    perm
        ``tensor = sample.transpose(perm)``; the identity when nothing moves.
    """

    name: str
    tensor: str
    shape: Shape
    perm: tuple[int, ...]

    def to_graph(self, batch: np.ndarray) -> np.ndarray:
        """``(N, *shape)`` in the model's layout to ``(N, ...)`` in the graph's, any dtype."""
        return batch.transpose(0, *(axis + 1 for axis in self.perm))

    def to_model(self, batch: np.ndarray) -> np.ndarray:
        """``(N, ...)`` in the graph's layout back to ``(N, *shape)``, any dtype."""
        return batch.transpose(0, *(int(axis) + 1 for axis in np.argsort(self.perm)))


@dataclass(frozen=True, eq=False)
class Reference:
    """Another network that a graph is held against: the float original of a quantized model.

    Parameters
    ----------
    graph
        The other network.
    tensors
        Which of its tensors each tensor of the graph is; those without a counterpart are absent.
    unmatched, unused
        Layers of the graph, and of the other network, without a counterpart.
    unlike
        Layers of the graph whose weights do not resemble those of their counterparts: the two were
        not trained together.
    """

    graph: Graph
    tensors: Mapping[str, str]
    unmatched: tuple[str, ...]
    unused: tuple[str, ...]
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Graph:
    """A validated network; built by `tinyml_studio.ir.build.build_graph` only.

    Parameters
    ----------
    name
        The model's name, for display and as the default of the C prefix.
    inputs, outputs
        The model's interface.
    nodes
        In topological order; every tensor is produced once.
    constants
        Constant operands by tensor name, float32, read-only.
    shapes
        Shape of one sample for every tensor whose shape is known.
    found
        The quantization that the file states; None for a float model.
    reference
        What the float run computes instead; None: this network itself.
    """

    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    nodes: tuple[Node, ...]
    constants: Mapping[str, FloatArray]
    shapes: Mapping[str, Shape]
    found: FoundQuantization | None = None
    reference: Reference | None = None

    @cached_property
    def producers(self) -> Mapping[str, Node]:
        """The node that makes each tensor (inputs and constants have none)."""
        return {tensor: node for node in self.nodes for tensor in node.outputs}

    @cached_property
    def consumers(self) -> Mapping[str, tuple[Node, ...]]:
        """The nodes that read each tensor, in order; tensors nobody reads are absent."""
        readers: dict[str, list[Node]] = {}
        for node in self.nodes:
            for tensor in dict.fromkeys(node.inputs):
                readers.setdefault(tensor, []).append(node)
        return {tensor: tuple(nodes) for tensor, nodes in readers.items()}

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """Nodes by their name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def output_tensors(self) -> frozenset[str]:
        """Tensors that leave the graph."""
        return frozenset(port.tensor for port in self.outputs)
