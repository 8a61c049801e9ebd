"""Activations that a quantizer has dropped, because the grid behind them does their work.

ONNX Runtime removes a Relu or Clip whose result is quantized: a grid that begins at 0 cuts off all
below, and one that was measured behind a Relu6 all above. The network in real numbers, which
everything is held against, needs them back; its integers do not change.
"""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.ir import ops
from tinyml_studio.ir.found import FoundGrid
from tinyml_studio.ir.graph import Node

_ABLE = (
    ops.Conv,
    ops.ConvTranspose,
    ops.Dense,
    ops.ChannelAffine,
    ops.Add,
    ops.Sub,
    ops.Mul,
)


def with_limits(node: Node, grid: FoundGrid | None) -> Node:
    """The node, limited to its grid where that begins or ends at 0 and it is not limited yet."""
    if grid is None or not isinstance(node.op, _ABLE) or node.op.clamp:
        return node
    kind = IntType(grid.bits)
    if grid.zero_point not in (kind.min, kind.max):
        return node
    return replace(node, op=replace(node.op, clamp=ops.Clamp(*grid.limits)))
