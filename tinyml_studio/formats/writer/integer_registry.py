"""Which layers have an operator on integers, and which are the same through real numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tinyml_studio.formats.writer import integer_operators as integer
from tinyml_studio.formats.writer.pairs import as_convolution
from tinyml_studio.formats.writer.quantized_draft import QuantizedDraft
from tinyml_studio.formats.writer.registry import WRITERS
from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Node

_WIDEST = 8

_OPERATORS: Mapping[type[ops.Operator], Callable[[QuantizedDraft, Node, Any], None]] = (
    MappingProxyType(
        {
            ops.Conv: integer.write_conv,
            ops.Dense: integer.write_dense,
            ops.Add: integer.write_binary,
            ops.Mul: integer.write_binary,
            ops.MatMul: integer.write_matmul,
            ops.AveragePool: integer.write_average_pool,
            ops.Mean: integer.write_mean,
            ops.Softmax: integer.write_softmax,
            ops.Sigmoid: integer.write_unary,
            ops.LeakyRelu: integer.write_unary,
            ops.Concat: integer.write_concat,
        }
    )
)
_MOVES = (ops.Reshape, ops.Transpose, ops.Slice, ops.Split, ops.Gather, ops.MaxPool)
"""They take integers as they take real numbers."""

_EXACT = (
    *_MOVES,
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


def write_on_integers(draft: QuantizedDraft, node: Node) -> None:
    """One layer; raises `UnsupportedError` for one without an operator on integers."""
    op = node.op
    widths = [
        draft.stated.grids[name].bits
        for name in (*node.inputs, *node.outputs)
        if name in draft.stated.grids
    ]
    with draft.layer(node, moves=_moves(op, max(widths))):
        if not isinstance(op, (*_MOVES, ops.Pad, ops.ArgMax)) and max(widths) > _WIDEST:
            raise draft.refuse("operators on integers have 8 bits, and this layer has 16")
        if isinstance(op, ops.ChannelAffine):
            integer.write_conv(draft, node, as_convolution(draft, node, op))
        elif type(op) in _OPERATORS:
            _OPERATORS[type(op)](draft, node, op)
        elif isinstance(op, _EXACT):
            WRITERS[type(op)](draft, node, op)
        else:
            raise draft.refuse("ONNX Runtime has no operator on integers for it")


def _moves(op: ops.Operator, bits: int) -> bool:
    """Whether integers go through the operator as they are; pools take those of 8 bits."""
    if isinstance(op, ops.MaxPool):
        return not op.clamp and bits <= _WIDEST
    return isinstance(op, _MOVES)
