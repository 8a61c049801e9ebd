"""Remove transpositions by moving them past everything that does not mind."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from tinyml_studio.ir import ops
from tinyml_studio.ir.build import rebuild
from tinyml_studio.ir.graph import Graph, Node, Port
from tinyml_studio.ir.ops import Operator
from tinyml_studio.passes.axis_order import (
    Perm,
    compose,
    inverse,
    last_two_swapped,
    reshape_before,
    unit_order,
    unmoved,
)
from tinyml_studio.passes.kinds import BINARY, UNARY
from tinyml_studio.passes.layout import Layout, Moved
from tinyml_studio.passes.reading_order import input_order, reading_order


def move_transposes(graph: Graph) -> Graph:
    """Move every `Transpose` down as far as it goes; most meet their inverse and vanish.

    One that reaches an output, or that stands at an input, becomes part of the port's axis order;
    one that moves only axes of length 1 becomes a `Reshape`. Requires nothing. Ensures that each
    Transpose that is left stands in front of an operator that cannot do without, and that
    `Softmax` is over the last axis.
    """
    if not any(isinstance(node.op, ops.Transpose | ops.Softmax) for node in graph.nodes):
        return graph
    layout = Layout(graph)
    inputs = tuple(_turned_input(graph, port, layout) for port in graph.inputs)
    for node in graph.nodes:
        tensors = (*node.inputs, *node.outputs)
        if any(layout.shape(tensor) is None for tensor in tensors):
            _keep(node, layout)
        else:
            _move(node.op, node, layout)
    outputs = tuple(_turned_output(port, layout) for port in graph.outputs)
    if inputs == graph.inputs and outputs == graph.outputs and _same(layout.nodes, graph):
        return graph
    return rebuild(
        graph,
        nodes=layout.nodes,
        inputs=inputs,
        outputs=outputs,
        constants=layout.constants,
        copies=layout.copies,
    )


def _same(nodes: list[Node], graph: Graph) -> bool:
    """Whether the nodes are those of the graph."""
    return len(nodes) == len(graph.nodes) and all(
        new.op == old.op and new.inputs == old.inputs and new.outputs == old.outputs
        for new, old in zip(nodes, graph.nodes, strict=True)
    )


def _turned_input(graph: Graph, port: Port, layout: Layout) -> Port:
    """The port with the axis order that its readers want."""
    perm = input_order(graph, port)
    if perm == unmoved(len(perm)):
        return port
    layout.set_input(port.tensor, perm)
    return replace(port, perm=compose(port.perm, perm))


def _turned_output(port: Port, layout: Layout) -> Port:
    """The port of the tensor before its transpositions."""
    if layout.shape(port.tensor) is None:
        return port
    found = layout.moved(port.tensor)
    return replace(port, tensor=found.tensor, perm=compose(port.perm, inverse(found.perm)))


def _keep(node: Node, layout: Layout) -> None:
    """Emit a node as it is, over operands in their old order."""
    layout.emit(node, node.op, [layout.carried(tensor) for tensor in node.inputs])


def _through(node: Node, op: Operator, layout: Layout) -> None:
    """Emit an operator on its operand as it lies; the transposition moves behind it."""
    found = layout.moved(node.inputs[0])
    layout.emit(node, op, [found.tensor], dict.fromkeys(node.outputs, found.perm))


@singledispatch
def _move(op: Operator, node: Node, layout: Layout) -> None:
    """Operators that need their axes as they are."""
    if isinstance(op, UNARY):
        _through(node, op, layout)
    elif isinstance(op, BINARY):
        _move_operands(node, op, _cheapest_order(node, layout), layout)
    else:
        _keep(node, layout)


@_move.register
def _(op: ops.Transpose, node: Node, layout: Layout) -> None:
    found = layout.moved(node.inputs[0])
    layout.remember(node.outputs[0], Moved(found.tensor, compose(found.perm, op.perm)))


@_move.register
def _(op: ops.Reshape, node: Node, layout: Layout) -> None:
    source, made = node.inputs[0], node.outputs[0]
    found, shape = layout.moved(source), layout.shape(source) or ()
    units = unit_order(shape, op.shape)
    if units is not None and found.perm != unmoved(len(shape)):
        layout.remember(made, Moved(found.tensor, compose(found.perm, units)))
        return
    swapped = None
    if found.perm != unmoved(len(shape)):
        before = tuple(shape[axis] for axis in inverse(found.perm))
        swapped = reshape_before(before, found.perm, op.shape)
    if swapped is None:
        _keep(node, layout)
    else:
        layout.emit(node, ops.Reshape(swapped[0]), [found.tensor], {made: swapped[1]})


@_move.register
def _(op: ops.MatMul, node: Node, layout: Layout) -> None:
    inputs, held = [], []
    for tensor, transposed in zip(node.inputs, (op.adj_x, op.adj_y), strict=True):
        found = layout.moved(tensor)
        turns = found.perm == last_two_swapped(len(found.perm))
        inputs.append(found.tensor if turns else layout.carried(tensor))
        held.append(transposed != turns)
    layout.emit(node, ops.MatMul(*held), inputs)


@_move.register(ops.Dense)
@_move.register(ops.LogSoftmax)
@_move.register(ops.L2Normalization)
@_move.register(ops.ChannelAffine)
def _(op: Operator, node: Node, layout: Layout) -> None:
    perm = layout.moved(node.inputs[0]).perm
    if perm[-1] == len(perm) - 1:
        _through(node, op, layout)
    else:
        _keep(node, layout)


@_move.register
def _(op: ops.ArgMax, node: Node, layout: Layout) -> None:
    found = layout.moved(node.inputs[0])
    axis, perm = found.perm[op.axis], found.perm
    if not op.keepdims:
        left = [place for place in perm if place != axis]
        perm = tuple(place - (place > axis) for place in left)
    layout.emit(node, replace(op, axis=axis), [found.tensor], {node.outputs[0]: perm})


@_move.register(ops.Mean)
@_move.register(ops.Sum)
@_move.register(ops.Prod)
def _(op: ops.Mean | ops.Sum | ops.Prod, node: Node, layout: Layout) -> None:
    found = layout.moved(node.inputs[0])
    axes = tuple(sorted(found.perm[axis] for axis in op.axes))
    perm = found.perm
    if not op.keepdims:
        left = [found.perm[axis] for axis in range(len(perm)) if axis not in op.axes]
        perm = tuple(sorted(left).index(axis) for axis in left)
    layout.emit(node, replace(op, axes=axes), [found.tensor], {node.outputs[0]: perm})


@_move.register
def _(op: ops.Softmax, node: Node, layout: Layout) -> None:
    source = node.inputs[0]
    last = layout.rank(source) - 1
    want = layout.moved(source).perm
    if want[op.axis] != last:
        want = inverse((*(axis for axis in range(last + 1) if axis != op.axis), op.axis))
    softmax = op if op.axis == last else replace(op, axis=last)
    layout.emit(node, softmax, [layout.carried(source, want)], {node.outputs[0]: want})


@_move.register
def _(op: ops.Pad, node: Node, layout: Layout) -> None:
    order = inverse(layout.moved(node.inputs[0]).perm)
    _through(node, replace(op, pads=tuple(op.pads[axis] for axis in order)), layout)


@_move.register
def _(op: ops.Gather, node: Node, layout: Layout) -> None:
    order = inverse(layout.moved(node.inputs[0]).perm)
    _through(node, replace(op, indices=tuple(op.indices[axis] for axis in order)), layout)


@_move.register
def _(op: ops.Slice, node: Node, layout: Layout) -> None:
    order = inverse(layout.moved(node.inputs[0]).perm)
    moved = ops.Slice(
        starts=tuple(op.starts[axis] for axis in order),
        sizes=tuple(op.sizes[axis] for axis in order),
        steps=tuple(op.steps[axis] for axis in order),
    )
    _through(node, moved, layout)


@_move.register
def _(op: ops.Split, node: Node, layout: Layout) -> None:
    axis = layout.moved(node.inputs[0]).perm[op.axis]
    _through(node, replace(op, axis=axis), layout)


@_move.register
def _(op: ops.Concat, node: Node, layout: Layout) -> None:
    want = _cheapest_order(node, layout)
    _move_operands(node, replace(op, axis=want[op.axis]), want, layout)


def _move_operands(node: Node, op: Operator, want: Perm, layout: Layout) -> None:
    """Emit an operator of several operands, all in the order `want`."""
    inputs = [layout.operand(tensor, want) for tensor in node.inputs]
    layout.emit(node, op, inputs, {node.outputs[0]: want})


def _cheapest_order(node: Node, layout: Layout) -> Perm:
    """The order that moves the fewest elements; in a tie the one that readers want."""
    rank = layout.rank(node.outputs[0])
    wish = reading_order(layout.graph, node.outputs[0])
    found = [
        layout.moved(tensor).perm
        for tensor in node.inputs
        if layout.rank(tensor) == rank and not layout.is_constant(tensor)
    ]
    orders = [inverse(wish)] if wish else []
    orders += [perm for perm in found if perm != unmoved(rank)] + [unmoved(rank)]
    costs = {want: sum(layout.cost(tensor, want) for tensor in node.inputs) for want in orders}
    return min(orders, key=costs.__getitem__)
