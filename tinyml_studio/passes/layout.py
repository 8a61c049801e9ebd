"""A graph under construction in which transpositions are remembered instead of carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import Operator, Reshape, Shape, Transpose
from tinyml_studio.ir.shapes import output_shapes
from tinyml_studio.passes.axis_order import (
    Perm,
    compose,
    inverse,
    moves_units_only,
    transposed,
    unmoved,
)
from tinyml_studio.passes.editor import Names


@dataclass(frozen=True)
class Moved:
    """Where a tensor of the old graph is found: ``old = tensor.transpose(perm)``."""

    tensor: str
    perm: Perm


class Layout:
    """New nodes, and for every tensor of the old graph how it comes out of the new ones.

    A tensor keeps its name when its axes move; one that has to be carried back to the old order
    gets a name of its own, unless the old name is free.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._names = Names(graph)
        self._moved: dict[str, Moved] = {}
        self._shapes: dict[str, Shape | None] = dict(graph.shapes)
        self._carried: dict[tuple[str, Perm], str] = {}
        self._taken = {port.tensor for port in graph.inputs} | set(graph.constants)
        self.nodes: list[Node] = []
        self.constants: dict[str, FloatArray] = dict(graph.constants)
        self.copies: dict[str, str] = {}

    def shape(self, tensor: str) -> Shape | None:
        """Shape of a tensor of the old graph."""
        return self.graph.shapes.get(tensor)

    def rank(self, tensor: str) -> int:
        """Number of axes of a tensor of the old graph whose shape is known."""
        return len(self.graph.shapes[tensor])

    def is_constant(self, tensor: str) -> bool:
        """Whether a tensor of the old graph is a constant."""
        return tensor in self.graph.constants

    def moved(self, tensor: str) -> Moved:
        """Where a tensor of the old graph is found."""
        return self._moved.get(tensor) or Moved(tensor, unmoved(self.rank(tensor)))

    def remember(self, tensor: str, moved: Moved) -> None:
        """Say where a tensor of the old graph is found, without a node."""
        self._moved[tensor] = moved

    def set_input(self, tensor: str, perm: Perm) -> None:
        """Let a model input arrive transposed by `perm`."""
        self._shapes[tensor] = transposed(self.graph.shapes[tensor], perm)
        self._moved[tensor] = Moved(tensor, inverse(perm))

    def emit(
        self,
        node: Node,
        op: Operator,
        inputs: Iterable[str],
        perms: Mapping[str, Perm] | None = None,
    ) -> None:
        """Add a node over new tensors; `perms` says how old outputs come out of the new ones."""
        self._append(replace(node, op=op, inputs=tuple(inputs)))
        for tensor in node.outputs:
            if perms is not None:
                self._moved[tensor] = Moved(tensor, perms[tensor])

    def carried(self, tensor: str, want: Perm | None = None) -> str:
        """A new tensor ``u`` with ``old = u.transpose(want)``; the old order without `want`.

        Adds a `Transpose` when elements must move, a `Reshape` when only axes of length 1 do.
        """
        if self.shape(tensor) is None:
            return tensor
        found = self.moved(tensor)
        perm = found.perm if want is None else compose(found.perm, inverse(want))
        shape = self._known(found.tensor)
        if moves_units_only(shape, perm):
            return self._reshaped(tensor, found.tensor, transposed(shape, perm))
        if (found.tensor, perm) not in self._carried:
            made = self._append_move(tensor, Transpose(perm), found.tensor)
            self._carried[found.tensor, perm] = made
        return self._carried[found.tensor, perm]

    def operand(self, tensor: str, want: Perm) -> str:
        """A new tensor that broadcasts, transposed by `want`, as the old operand does."""
        rank = len(want)
        if want == unmoved(rank):
            return self.carried(tensor)
        if self.is_constant(tensor):
            return self._constant(tensor, want)
        if self.rank(tensor) == rank:
            return self.carried(tensor, want)
        old_order = self.carried(tensor)
        full = self._expanded(tensor, rank)
        order = inverse(want)
        if moves_units_only(full, order):
            return self._reshaped(tensor, old_order, transposed(full, order))
        expanded = self._reshaped(tensor, old_order, full)
        return self._append_move(tensor, Transpose(order), expanded)

    def cost(self, tensor: str, want: Perm) -> int:
        """How many elements must move so that an operand arrives in the order `want`."""
        if self.is_constant(tensor):
            return 0
        if self.rank(tensor) == len(want):
            found = self.moved(tensor)
            shape, order = self._known(found.tensor), compose(found.perm, inverse(want))
            if (found.tensor, order) in self._carried:
                return 0
        else:
            shape, order = self._expanded(tensor, len(want)), inverse(want)
        return 0 if moves_units_only(shape, order) else int(np.prod(shape))

    def _constant(self, tensor: str, want: Perm) -> str:
        """A constant expanded to full rank and stored in the wanted order."""
        value = self.graph.constants[tensor]
        full = value.reshape(self._expanded(tensor, len(want)))
        order = inverse(want)
        key = (tensor, order)
        if value.size == 1:
            return tensor
        if key not in self._carried:
            name = self._names.fresh(f"{tensor}/transposed")
            self.copies[name] = tensor
            self.constants[name] = np.ascontiguousarray(full.transpose(order))
            self._shapes[name] = self.constants[name].shape
            self._carried[key] = name
        return self._carried[key]

    def _expanded(self, tensor: str, rank: int) -> Shape:
        """The old shape with axes of length 1 put in front."""
        shape = self.graph.shapes[tensor]
        return (*(1,) * (rank - len(shape)), *shape)

    def _known(self, tensor: str) -> Shape:
        """Shape of a new tensor."""
        shape = self._shapes[tensor]
        if shape is None:
            raise ValueError(f"the shape of {tensor!r} is not known")
        return shape

    def _reshaped(self, tensor: str, source: str, shape: Shape) -> str:
        """`source` in another shape; itself when it has that shape."""
        if self._known(source) == shape:
            return source
        return self._append_move(tensor, Reshape(shape), source)

    def _append_move(self, tensor: str, op: Operator, source: str) -> str:
        """Add a node that moves the old `tensor`; returns the new tensor."""
        origin = self.graph.producers.get(tensor)
        free = origin is not None and isinstance(origin.op, Transpose) and tensor not in self._taken
        name = origin.name if origin is not None and free else self._names.fresh(f"{tensor}/move")
        made = tensor if free else self._names.fresh(f"{tensor}/moved")
        self._append(Node(name, op, (source,), (made,)))
        return made

    def _append(self, node: Node) -> None:
        """Add a node and infer its shapes."""
        inputs = tuple(self._shapes.get(tensor) for tensor in node.inputs)
        for tensor, shape in zip(node.outputs, output_shapes(node.op, inputs), strict=True):
            self._shapes[tensor] = shape
            self._taken.add(tensor)
        self.nodes.append(node)
