"""Reshape: the same integers in another shape."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.instructions import Reshape


def lower_reshape(layer: Layer) -> None:
    """One instruction, which the arena makes a view."""
    layer.op(ops.Reshape)
    source = layer.input()
    output = layer.output(Grid.of(source))
    layer.emit(Reshape(layer=layer.node.name, inputs=(source.name,), output=output.name))
