"""Concat: tensors on one grid joined along an axis."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.requantize import on_grid
from tinyml_studio.program.instructions import Concat


def lower_concat(layer: Layer) -> None:
    """The grid covers all operands; those on another grid are requantized first."""
    op = layer.op(ops.Concat)
    sources = [layer.input(index) for index in range(len(layer.node.inputs))]
    grid = layer.calibrated()
    operands = tuple(on_grid(layer, source, grid).name for source in sources)
    output = layer.output(grid)
    layer.emit(Concat(layer=layer.node.name, inputs=operands, output=output.name, axis=op.axis))
