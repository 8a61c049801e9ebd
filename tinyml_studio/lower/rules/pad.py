"""Pad: constant padding on the grid of the input."""

from __future__ import annotations

import numpy as np

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.instructions import Pad


def lower_pad(layer: Layer) -> None:
    """One instruction; the value is the nearest integer of the input's grid."""
    op = layer.op(ops.Pad)
    source = layer.input()
    grid = Grid.of(source)
    output = layer.output(grid)
    layer.emit(
        Pad(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            pads=op.pads,
            value=int(grid.params.quantize(np.array([op.value]))[0]),
        )
    )
