"""Slice: part of a tensor."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.instructions import Slice


def lower_slice(layer: Layer) -> None:
    """One instruction on the grid of the input."""
    op = layer.op(ops.Slice)
    source = layer.input()
    output = layer.output(Grid.of(source))
    layer.emit(
        Slice(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            starts=op.starts,
            sizes=op.sizes,
            steps=op.steps,
        )
    )
