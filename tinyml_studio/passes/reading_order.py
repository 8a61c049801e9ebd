"""In which axis order the operators behind a tensor want to read it."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Graph, Node, Port
from tinyml_studio.passes.axis_order import (
    Perm,
    compose,
    inverse,
    moves_units_only,
    reshape_before,
    transposed,
    unmoved,
)
from tinyml_studio.passes.kinds import BINARY, CHANNELS_LAST, UNARY

_MOVERS = (ops.Pad, ops.Slice, ops.Gather, ops.Split, ops.Concat)
_INDIFFERENT = (*UNARY, *BINARY, *_MOVERS, ops.Mean, ops.Sum, ops.Prod)


_SIGHT = 64  # tensors looked at: what an order saves is decided nearby


def input_order(graph: Graph, port: Port) -> Perm:
    """The order ``p`` for which ``tensor.transpose(p)`` saves a transposition behind the input.

    An input that has been turned once is turned again only when all its readers agree, so that
    two readers of different mind cannot turn it for ever.
    """
    stay = unmoved(len(port.shape))
    demands = _demands(graph, port.tensor, stay)
    if port.perm != stay and len({perm for _, perm in demands}) > 1:
        return stay
    return _first(demands) or stay


def reading_order(graph: Graph, tensor: str) -> Perm | None:
    """The order ``p`` in which a tensor is read, ``tensor.transpose(p)``; ``None`` for any.

    It is the order in which the first channels-last operator reads it, seen past operators that
    do not mind; without such an operator, that of the first that does mind.
    """
    return _first(_demands(graph, tensor, unmoved(len(graph.shapes[tensor]))))


def _first(demands: list[tuple[Node, Perm]]) -> Perm | None:
    """The order that counts most."""
    spatial = [perm for node, perm in demands if isinstance(node.op, CHANNELS_LAST)]
    return next(iter(spatial or [perm for _, perm in demands]), None)


def _demands(graph: Graph, tensor: str, stay: Perm) -> list[tuple[Node, Perm]]:
    """Operators that mind the order, each with the order in which it reads the tensor."""
    demands: list[tuple[Node, Perm]] = []
    waiting, seen = [(tensor, stay)], {tensor}
    while waiting and len(seen) < _SIGHT:
        source, perm = waiting.pop(0)
        for node in graph.consumers.get(source, ()):
            if isinstance(node.op, ops.Transpose):
                reached = compose(perm, node.op.perm)
            elif isinstance(node.op, _INDIFFERENT) and _keeps_rank(graph, node, len(perm)):
                reached = perm
            else:
                demands += _of_reader(graph, node, perm)
                continue
            waiting += [(made, reached) for made in node.outputs if made not in seen]
            seen.update(node.outputs)
    return demands


def _of_reader(graph: Graph, node: Node, perm: Perm) -> list[tuple[Node, Perm]]:
    """What a reader that minds demands; a reshape hands on what its own readers demand.

    Only one reshape is seen through: passes merge consecutive ones.
    """
    shape = graph.shapes.get(node.inputs[0])
    if isinstance(node.op, ops.Mean | ops.Sum | ops.Prod | ops.ArgMax):
        return []
    if isinstance(node.op, ops.Softmax):
        last = (*(axis for axis in range(len(perm)) if axis != node.op.axis), node.op.axis)
        return [(node, compose(perm, last))]
    if not isinstance(node.op, ops.Reshape) or shape is None:
        return [(node, perm)]
    found = []
    for reader in graph.consumers.get(node.outputs[0], ()):
        if isinstance(reader.op, ops.Transpose):
            read = transposed(node.op.shape, reader.op.perm)
            swapped = reshape_before(read, inverse(reader.op.perm), shape)
            if swapped is not None:
                order = inverse(swapped[1])
                if moves_units_only(shape, order):  # the reshape alone can do that
                    order = unmoved(len(shape))
                found += [
                    (user, compose(perm, order))
                    for user in graph.consumers.get(reader.outputs[0], ())
                ]
    return found or [(node, perm)]


def _keeps_rank(graph: Graph, node: Node, rank: int) -> bool:
    """Whether the outputs have as many axes as the operand."""
    return all(len(graph.shapes.get(made, ())) == rank for made in node.outputs)
