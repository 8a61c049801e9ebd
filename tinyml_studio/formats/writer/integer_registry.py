"""Which layers have an operator on integers, and which are the same through real numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tinyml_studio.formats.writer import integer_operators as integer
from tinyml_studio.formats.writer.integer_forms import MOVES, WIDEST, widest
from tinyml_studio.formats.writer.pairs import as_convolution
from tinyml_studio.formats.writer.quantized_draft import QuantizedDraft
from tinyml_studio.formats.writer.registry import WRITERS
from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Node

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


def write_on_integers(draft: QuantizedDraft, node: Node) -> None:
    """One layer, of which `why_real` says nothing."""
    op = node.op
    with draft.layer(node, moves=_moves(op, widest(draft.stated, node))):
        if isinstance(op, ops.ChannelAffine):
            _write_factors(draft, node, op)
        elif type(op) in _OPERATORS:
            _OPERATORS[type(op)](draft, node, op)
        else:
            WRITERS[type(op)](draft, node, op)


def _write_factors(draft: QuantizedDraft, node: Node, op: ops.ChannelAffine) -> None:
    """A factor for every channel, or for every value of a vector."""
    if draft.rank(node.inputs[0]) > 1:
        integer.write_conv(draft, node, as_convolution(draft, node, op))
    else:
        integer.write_vector_factors(draft, node, len(op.scale))


def _moves(op: ops.Operator, bits: int) -> bool:
    """Whether integers go through the operator as they are; pools take those of 8 bits."""
    if isinstance(op, ops.MaxPool):
        return not op.clamp and bits <= WIDEST
    return isinstance(op, MOVES)
