"""Transpose: axes in another order."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.instructions import Transpose


def lower_transpose(layer: Layer) -> None:
    """One instruction on the grid of the input."""
    op = layer.op(ops.Transpose)
    source = layer.input()
    output = layer.output(Grid.of(source))
    layer.emit(
        Transpose(layer=layer.node.name, inputs=(source.name,), output=output.name, perm=op.perm)
    )
