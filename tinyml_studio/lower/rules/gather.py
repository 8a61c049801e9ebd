"""Gather: positions by their indices, two axes at a time."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.instructions import Gather

_AXES = 2  # that one instruction takes


def lower_gather(layer: Layer) -> None:
    """One instruction on the grid of the input for every two axes."""
    op = layer.op(ops.Gather)
    source = layer.input()
    grid = Grid.of(source)
    chosen = [axis for axis, taken in enumerate(op.indices) if taken is not None]
    steps = [chosen[first : first + _AXES] for first in range(0, len(chosen), _AXES)] or [[]]
    for axes in steps:
        shape = list(source.shape)
        for axis in axes:
            shape[axis] = len(op.indices[axis] or ())
        last = axes is steps[-1]
        output = layer.output(grid) if last else layer.scratch(tuple(shape), grid)
        taken = (held if axis in axes else None for axis, held in enumerate(op.indices))
        layer.emit(
            Gather(
                layer=layer.node.name,
                inputs=(source.name,),
                output=output.name,
                indices=tuple(taken),
            )
        )
        source = output
