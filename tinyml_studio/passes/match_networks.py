"""The layers of one network found again in another: a quantized model beside its float original.

Both are prepared graphs. A layer matches one of the same operator whose output has as many
elements along the same axes and whose operands match; where several do, the same name decides, then
the weights. Layers that only change shape or grid are looked through on both sides, and a Relu may
stand alone on one side and be part of its layer on the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

import numpy as np

from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Graph, Node, Reference
from tinyml_studio.ir.ops import NO_CLAMP, Clamp, Operator, Shape

_SAME_WEIGHTS = 0.9  # least cosine between the weights of layers that are taken to be the same
_LIKE_WEIGHTS = 0.5  # weights of a cosine below are another training's; 1 bit keeps about 0.8
_MOST_TRIED = 64  # layers of one kind that are compared by their weights
_PASSED = (ops.Requantize, ops.Identity, ops.Reshape)
_AVERAGES = (ops.AveragePool, ops.Mean)


def match_networks(graph: Graph, other: Graph) -> Reference:
    """Which tensor of `other` every tensor of `graph` is; what has no counterpart is left out.

    Raises
    ------
    ValueError
        If the two do not take the same inputs.
    """
    _check_inputs(graph, other)
    matching = _Matching(graph, other)
    for node in graph.nodes:
        matching.take(node)
    matched = MappingProxyType(matching.tensors)
    return Reference(
        graph=other,
        tensors=matched,
        unmatched=tuple(
            node.name for node in graph.nodes if not all(name in matched for name in node.outputs)
        ),
        unused=tuple(matching.unused()),
        unlike=tuple(matching.unlike),
    )


def _check_inputs(graph: Graph, other: Graph) -> None:
    """Refuse a network that cannot be given the same samples."""
    here, there = ([port.shape for port in held.inputs] for held in (graph, other))
    if here != there:
        words = [" and ".join(map(str, shapes)) for shapes in (here, there)]
        raise ValueError(f"one takes inputs of shape {words[0]}, the other of {words[1]}")


class _Matching:
    """The tensors that were found so far, and the layers of the other network that are left."""

    def __init__(self, graph: Graph, other: Graph) -> None:
        self._graph, self._other = graph, other
        ports = zip(graph.inputs, other.inputs, strict=True)
        self.tensors = {mine.tensor: theirs.tensor for mine, theirs in ports}
        self.unlike: list[str] = []
        self._free = {node.name: node for node in other.nodes}
        self._roots: dict[str, str] = {}
        self._by_kind: dict[str, list[Node]] = {}
        self._readers: dict[str, list[Node]] = {}
        for node in other.nodes:
            self._by_kind.setdefault(_kind(node.op), []).append(node)
            moving = [self._root(name) for name in self._moving(other, node)]
            for root in dict.fromkeys(moving):
                self._readers.setdefault(root, []).append(node)
            passed = isinstance(node.op, _PASSED)
            for name in node.outputs:
                self._roots[name] = moving[0] if passed and moving else name

    def take(self, node: Node) -> None:
        """Find the counterpart of the next layer."""
        if isinstance(node.op, _PASSED):
            if node.inputs[0] in self.tensors:
                self.tensors[node.outputs[0]] = self.tensors[node.inputs[0]]
            return
        if isinstance(node.op, ops.Clip) and self._take_fused(node):
            return
        found = self._counterpart(node)
        if found is None:
            return
        del self._free[found.name]
        if hasattr(node.op, "weight") and _likeness(node, found)[1] < _LIKE_WEIGHTS:
            self.unlike.append(node.name)
        for mine, theirs in zip(node.outputs, found.outputs, strict=False):
            self.tensors[mine] = self._clamped(node, theirs)

    def unused(self) -> Iterator[str]:
        """Layers of the other network that nothing was found for."""
        return (name for name, node in self._free.items() if not isinstance(node.op, _PASSED))

    def _counterpart(self, node: Node) -> Node | None:
        """The layer that is the same: one with the same operands first, then one by its weights."""
        roots = {self._root(self.tensors.get(name, "")) for name in node.inputs}
        near = (held for root in roots for held in self._readers.get(root, ()))
        fed = [held for held in near if self._fits(node, held) and self._is_fed_alike(node, held)]
        if fed:
            return max(fed, key=lambda held: _likeness(node, held))
        anywhere = (
            held for held in self._by_kind.get(_kind(node.op), ()) if held.name in self._free
        )
        same = [held for held in islice(anywhere, _MOST_TRIED) if self._fits(node, held)]
        known = [held for held in same if _likeness(node, held) >= (0, _SAME_WEIGHTS)]
        return max(known, key=lambda held: _likeness(node, held), default=None)

    def _fits(self, node: Node, other: Node) -> bool:
        """Whether a layer is free and makes the same shapes."""
        if other.name not in self._free or len(node.outputs) != len(other.outputs):
            return False
        if _signature(node.op) != _signature(other.op):
            return False
        return all(
            _essential(self._graph.shapes.get(mine)) == _essential(self._other.shapes.get(theirs))
            for mine, theirs in zip(node.outputs, other.outputs, strict=True)
        )

    def _is_fed_alike(self, node: Node, other: Node) -> bool:
        """Whether the operands are counterparts, in any order where that does not matter."""
        mine = [self._root(self.tensors.get(name, "")) for name in self._moving(self._graph, node)]
        theirs = [self._root(name) for name in self._moving(self._other, other)]
        if isinstance(node.op, ops.Add | ops.Mul):
            mine, theirs = sorted(mine), sorted(theirs)
        return "" not in mine and mine == theirs

    @staticmethod
    def _moving(graph: Graph, node: Node) -> Iterable[str]:
        """Operands that are not constant."""
        return (name for name in node.inputs if name not in graph.constants)

    def _root(self, tensor: str) -> str:
        """The tensor that a shape or a grid was given to."""
        return self._roots.get(tensor, tensor)

    def _clamped(self, node: Node, theirs: str) -> str:
        """Behind the Relu that stands alone there and is part of the layer here."""
        readers = self._other.consumers.get(theirs, ())
        made = self._other.producers[theirs]
        if _clamp(node.op) and not _clamp(made.op) and len(readers) == 1:
            (reader,) = readers
            if isinstance(reader.op, ops.Clip) and reader.name in self._free:
                del self._free[reader.name]
                return reader.outputs[0]
        return theirs

    def _take_fused(self, node: Node) -> bool:
        """A Relu that stands alone here and is part of its layer there: what was found moves on."""
        (source,) = node.inputs
        theirs = self.tensors.get(source)
        made = None if theirs is None else self._other.producers.get(theirs)
        if theirs is None or made is None or not _clamp(made.op):
            return False
        producer = self._graph.producers.get(source)
        if producer is None or _clamp(producer.op):
            return False
        self.tensors[node.outputs[0]] = theirs
        del self.tensors[source]  # before its Relu the layer is nowhere to be seen there
        return True


def _kind(op: Operator) -> str:
    """Operators that are one and the same where shapes agree have one kind."""
    return "average" if isinstance(op, _AVERAGES) else type(op).__name__


def _clamp(op: Operator) -> Clamp:
    """The fused activation."""
    held = getattr(op, "clamp", NO_CLAMP)
    return held if isinstance(held, Clamp) and not isinstance(op, ops.Clip) else NO_CLAMP


def _essential(shape: Shape | None) -> Shape | None:
    """A shape without unit axes."""
    return None if shape is None else tuple(size for size in shape if size != 1)


def _signature(op: Operator) -> tuple[str, Shape | None]:
    """Its kind, and the shape of its weights without unit axes."""
    weight = getattr(op, "weight", None)
    return _kind(op), None if weight is None else _essential(weight.shape)


def _likeness(node: Node, other: Node) -> tuple[int, float]:
    """Same name first, then the cosine between the weights."""
    weights: Mapping[int, np.ndarray] = {
        key: held.astype(np.float64).ravel()
        for key, held in enumerate(getattr(n.op, "weight", None) for n in (node, other))
        if held is not None
    }
    cosine = 0.0
    if len(weights) == 2:
        norm = float(np.linalg.norm(weights[0]) * np.linalg.norm(weights[1]))
        cosine = float(weights[0] @ weights[1]) / norm if norm else 0.0
    return int(node.name == other.name), cosine
