"""What a file has stated about quantization so far, while its nodes are translated."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter, LayerEncoding
from tinyml_studio.ir import ops
from tinyml_studio.ir.found import FoundGrid
from tinyml_studio.ir.graph import Node

MOVERS = (
    ops.Identity,
    ops.MaxPool,
    ops.Reshape,
    ops.Transpose,
    ops.Pad,
    ops.Slice,
    ops.Split,
    ops.Gather,
    ops.ResizeBilinear,
)
"""Operators whose output lies on the grid of their input, and the other way round.

All but the last only move values; what that one makes lies between them.
"""


class Book:
    """Grids by tensor name, what QuantizeLinear asks for, and the weights of layers."""

    def __init__(self) -> None:
        self.grids: dict[str, FoundGrid] = {}
        self.wishes: list[tuple[str, FoundGrid]] = []
        self.weights: dict[str, LayerEncoding] = {}
        self.integer_inputs: set[str] = set()
        self.remarks: list[str] = []
        self._sources: dict[str, str] = {}

    def enter(self, emitter: Emitter) -> None:
        """Take over what a converted node states."""
        self.grids.update(emitter.grids)
        self.wishes += emitter.wishes
        self.weights.update(emitter.layers)
        self.remarks += emitter.remarks
        for node in emitter.nodes:
            self._follow(node)

    def _follow(self, node: Node) -> None:
        if isinstance(node.op, MOVERS):
            self._sources.update(dict.fromkeys(node.outputs, node.inputs[0]))

    def grid_of(self, tensor: str) -> FoundGrid | None:
        """The grid of a tensor, by its own statement or that of what it is moved from."""
        while tensor not in self.grids and tensor in self._sources:
            tensor = self._sources[tensor]
        return self.grids.get(tensor)
