"""ArgMax and ArgMin: indices, which nothing but the network's output takes."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT16
from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.instructions import ArgMax


def lower_arg_max(layer: Layer) -> None:
    """One instruction; an index is the integer itself: scale 1, zero point 0, 16 bits."""
    op = layer.op(ops.ArgMax)
    source = layer.input()
    if source.shape[op.axis] > INT16.max + 1:
        layer.refuse(f"its indices go up to {source.shape[op.axis] - 1}, and 16 bits hold 32767")
    if layer.setting.graph.consumers.get(layer.node.outputs[0]):
        layer.refuse("its indices go into another layer, and only the network's output may be any")
    output = layer.output(Grid(INT16.bits, 1.0, 0))
    layer.emit(
        ArgMax(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            axis=op.axis,
            smallest=op.smallest,
        )
    )
