"""Split: one slice for each part."""

from __future__ import annotations

from itertools import accumulate

from tinyml_studio.ir.ops import Split
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.instructions import Slice


def lower_split(layer: Layer) -> None:
    """As many instructions as there are outputs, on the grid of the input."""
    op = layer.op(Split)
    source = layer.input()
    rank = len(source.shape)
    for index, start in enumerate(accumulate((0, *op.sizes[:-1]))):
        output = layer.output(Grid.of(source), index)
        layer.emit(
            Slice(
                layer=layer.node.name,
                inputs=(source.name,),
                output=output.name,
                starts=tuple(start if axis == op.axis else 0 for axis in range(rank)),
                sizes=output.shape,
                steps=(1,) * rank,
            )
        )
