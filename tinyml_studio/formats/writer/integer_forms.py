"""Which layers have an operator on integers in ONNX Runtime, and why the others have none."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.writer.stated import Stated, StatedWeights
from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Graph, Node

WIDEST = 8
"""Bits of operators on integers."""

MOST_SPREAD = 255
"""From the least to the largest integer of 8 bits."""

_INT32 = 1 << 31

MOVES = (ops.Reshape, ops.Transpose, ops.Slice, ops.Split, ops.Gather, ops.MaxPool)
"""They take integers as they take real numbers."""

WEIGHTED = (ops.Conv, ops.Dense, ops.ChannelAffine)

OPERATORS = (
    *WEIGHTED,
    ops.Add,
    ops.Mul,
    ops.MatMul,
    ops.AveragePool,
    ops.Mean,
    ops.Softmax,
    ops.Sigmoid,
    ops.LeakyRelu,
    ops.Concat,
)
"""QLinearConv, QGemm and their like."""

EXACT = (
    *MOVES,
    ops.Pad,
    ops.Clip,
    ops.Requantize,
    ops.Maximum,
    ops.Minimum,
    ops.Div,
    ops.ArgMax,
    ops.Tanh,
    ops.HardSigmoid,
    ops.HardSwish,
    ops.Function,
)
"""Between DequantizeLinear and QuantizeLinear they give the very integers at 8 bits."""


def widest(stated: Stated, node: Node) -> int:
    """Most bits of what a layer reads and makes."""
    grids = stated.grids
    return max(grids[name].bits for name in (*node.inputs, *node.outputs) if name in grids)


def why_real(graph: Graph, stated: Stated, node: Node) -> str:
    """Why a layer is computed in real numbers; empty where integers are the very same ones.

    Parameters
    ----------
    graph
        The float network.
    stated
        Its integers.
    node
        The layer.
    """
    op = node.op
    if widest(stated, node) > WIDEST and not isinstance(op, (*MOVES, ops.Pad, ops.ArgMax)):
        return "operators on integers have 8 bits, not 16"
    if isinstance(op, WEIGHTED):
        return _why_real_weights(stated.weights[node.name])
    if isinstance(op, ops.Softmax):
        return _why_real_softmax(stated, node, op)
    if isinstance(op, ops.Concat) and any(name in graph.constants for name in node.inputs):
        return "a constant is joined"
    known = isinstance(op, (*OPERATORS, *EXACT))
    return "" if known else "ONNX Runtime has no operator on integers for it"


def _why_real_weights(held: StatedWeights) -> str:
    """The same for a layer that has weights."""
    if (np.abs(held.bias) >= _INT32).any():
        return "its bias takes more than 32 bits"
    if held.spread > MOST_SPREAD:
        return "its weights take more than 8 bits"
    return ""


def _why_real_softmax(stated: Stated, node: Node, op: ops.Softmax) -> str:
    """The same for a softmax, whose operator counts whole steps only."""
    steps = np.float32(1.0 / stated.grids[node.outputs[0]].scale)
    if steps == np.rint(steps) or op.whole_steps:
        return ""
    return (
        f"QLinearSoftmax drops the fraction of {steps:.8g}, its output's steps from 0 to 1; "
        "another range method than the file's gives it whole ones"
    )
