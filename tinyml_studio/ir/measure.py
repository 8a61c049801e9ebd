"""Size and work of a layer, in the numbers that the field compares."""

from __future__ import annotations

from math import prod

import numpy as np

from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import (
    ChannelAffine,
    Conv,
    ConvTranspose,
    Dense,
    Gru,
    Lstm,
    MatMul,
    Opaque,
    Shape,
    Svdf,
)


def parameters(node: Node) -> int:
    """Elements of weights and biases that a layer holds; of the constants of an `Opaque` node."""
    op = node.op
    if isinstance(op, Conv | ConvTranspose | Dense):
        return op.weight.size + op.bias.size
    if isinstance(op, ChannelAffine):
        return op.scale.size + op.bias.size
    if isinstance(op, Lstm | Gru | Svdf):
        return sum(value.size for value in vars(op).values() if isinstance(value, np.ndarray))
    if isinstance(op, Opaque):
        return sum(value.size for _, value in op.weights)
    return 0


def macs(graph: Graph, node: Node) -> int:
    """Multiply-accumulates of a layer for one sample.

    Counted are the products that are added to something: convolutions (padding included, as
    everybody counts), fully connected layers, products of matrices and per-channel multiply-adds.
    Elementwise products, pools, means and activations count 0, as in MLPerf Tiny and the usual
    counters; so does an `Opaque` node, or a layer behind one whose shape is not known.
    """
    op, shape = node.op, graph.shapes.get(node.outputs[0])
    if shape is None:
        return 0
    if isinstance(op, Conv):
        return prod(shape) * prod(op.weight.shape[1:])
    if isinstance(op, ConvTranspose | MatMul):
        return _macs_by_input(op, shape, graph.shapes[node.inputs[0]])
    if isinstance(op, Dense):
        return prod(shape) * int(op.weight.shape[1])
    if isinstance(op, Lstm | Gru | Svdf):
        return _recurrent_macs(op, shape)
    return prod(shape) if isinstance(op, ChannelAffine) else 0


def _macs_by_input(op: ConvTranspose | MatMul, shape: Shape, given: Shape) -> int:
    """Where the first operand says how often a weight, or how many products, are used."""
    if isinstance(op, ConvTranspose):
        return prod(given[:-1]) * op.weight.size
    return prod(shape) * given[-2 if op.adj_x else -1]


def _recurrent_macs(op: Lstm | Gru | Svdf, shape: Shape) -> int:
    """Every weight once for each step."""
    if isinstance(op, Svdf):
        return op.feature_weight.size + op.time_weight.size
    return shape[0] * (op.input_weight.size + op.hidden_weight.size)
